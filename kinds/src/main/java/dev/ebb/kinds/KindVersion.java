package dev.ebb.kinds;

/// How one version of a kind relates to the others: all versions are views of one stored object.
///
/// @param storage the version in which objects are stored, `v1`
/// @param conversion between this version and the stored one; not asked where they are the same
/// @param deprecation a warning for everybody who uses this version, empty for none
public record KindVersion(String storage, KindConversion conversion, String deprecation) {
  /// Of a kind that is stored in the version in which it is served.
  public static KindVersion only(GroupVersionKind type) {
    return new KindVersion(type.version(), KindConversion.NONE, "");
  }
}
