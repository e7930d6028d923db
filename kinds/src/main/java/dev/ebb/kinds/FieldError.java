package dev.ebb.kinds;

/// One thing that is wrong with an object, as a cause in a Kubernetes `Status`.
///
/// @param reason a `CauseType` of the Kubernetes API: `FieldValueInvalid`, `FieldValueRequired`,
///   `FieldValueNotSupported`, `FieldValueForbidden`, `FieldValueDuplicate`,
///   `FieldValueTypeInvalid`, `FieldValueTooLong`
/// @param field its path: `spec.template.spec.containers[0].image`
public record FieldError(String reason, String field, String message) {
  public static FieldError required(String field, String message) {
    return new FieldError("FieldValueRequired", field, message);
  }

  public static FieldError invalid(String field, String message) {
    return new FieldError("FieldValueInvalid", field, message);
  }

  public static FieldError forbidden(String field, String message) {
    return new FieldError("FieldValueForbidden", field, message);
  }
}
