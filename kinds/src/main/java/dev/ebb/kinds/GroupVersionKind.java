package dev.ebb.kinds;

/// The type of a Kubernetes object. The core group is the empty string.
public record GroupVersionKind(String group, String version, String kind) {
  /// Reads `v1` or `serving.knative.dev/v1` as an object's `apiVersion` field has it.
  public static GroupVersionKind of(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    return slash < 0
        ? new GroupVersionKind("", apiVersion, kind)
        : new GroupVersionKind(
            apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
  }

  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /// Whether an object's `apiVersion` is that of this type; makes no string, as every read asks it.
  public boolean isIn(String apiVersion) {
    if (group.isEmpty()) {
      return apiVersion.equals(version);
    }
    int slash = group.length();
    return apiVersion.length() == slash + 1 + version.length()
        && apiVersion.charAt(slash) == '/'
        && apiVersion.startsWith(group)
        && apiVersion.endsWith(version);
  }

  @Override
  public String toString() {
    return apiVersion() + " " + kind;
  }
}
