package dev.ebb.kinds;

/// How one version of a kind relates to the others: all versions are views of one stored object.
///
/// @param group the group in which objects are stored: that of the kind, but for a kind that moved
/// @param storage the version in which objects are stored, `v1`; empty when none is ever stored
/// @param conversion between this version and the stored one; not asked where they are the same
/// @param deprecation a warning for everybody who uses this version, empty for none
public record KindVersion(
    String group, String storage, KindConversion conversion, String deprecation) {
  /// Of a kind that is stored in the version in which it is served.
  public static KindVersion only(GroupVersionKind type) {
    return new KindVersion(type.group(), type.version(), KindConversion.NONE, "");
  }

  /// As stored objects have it: `v1`, `apps/v1`.
  public String apiVersion() {
    return group.isEmpty() ? storage : group + "/" + storage;
  }
}
