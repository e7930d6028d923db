package dev.ebb.resources;

/// How a write is done.
///
/// @param subresource what part of the object is written
/// @param fieldManager who writes: `kubectl-client-side-apply`, `ebb-controllers`
/// @param user the authenticated user, for `serving.knative.dev/creator`
/// @param dryRun everything but the storing
/// @param force server-side apply only: take fields from other managers
/// @param ephemeral stored without fsync: only for what its writer makes again when it is lost
/// @param check what has to agree with the outcome
public record WriteOptions(
    Subresource subresource,
    String fieldManager,
    String user,
    boolean dryRun,
    FieldValidation fieldValidation,
    boolean force,
    boolean ephemeral,
    WriteCheck check) {
  /// A durable write, without a check of its outcome.
  public WriteOptions(
      Subresource subresource,
      String fieldManager,
      String user,
      boolean dryRun,
      FieldValidation fieldValidation,
      boolean force) {
    this(subresource, fieldManager, user, dryRun, fieldValidation, force, false, WriteCheck.NONE);
  }

  public enum Subresource {
    NONE,
    STATUS,
    /// `spec.replicas` only, as an `autoscaling/v1` Scale.
    SCALE,
    /// `spec.finalizers` of a Namespace.
    FINALIZE
  }

  /// What happens to fields that the schema does not have.
  public enum FieldValidation {
    IGNORE,
    WARN,
    STRICT
  }

  private static final String CONTROLLERS = "system:ebb:";

  /// Whether one of Ebb's own controllers writes: who owns which field concerns clients.
  public boolean byController() {
    return user.startsWith(CONTROLLERS);
  }

  /// A controller's write to the object itself.
  public static WriteOptions by(String fieldManager) {
    return new WriteOptions(
        Subresource.NONE,
        fieldManager,
        CONTROLLERS + fieldManager,
        false,
        FieldValidation.IGNORE,
        false);
  }

  public WriteOptions to(Subresource other) {
    return new WriteOptions(
        other, fieldManager, user, dryRun, fieldValidation, force, ephemeral, check);
  }

  /// For mirrors of what is true elsewhere.
  public WriteOptions withoutSync() {
    return new WriteOptions(
        subresource, fieldManager, user, dryRun, fieldValidation, force, true, check);
  }

  public WriteOptions checkedBy(WriteCheck other) {
    return new WriteOptions(
        subresource, fieldManager, user, dryRun, fieldValidation, force, ephemeral, other);
  }
}
