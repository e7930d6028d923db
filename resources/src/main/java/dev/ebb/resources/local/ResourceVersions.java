package dev.ebb.resources.local;

import dev.ebb.resources.ApiException;
import dev.ebb.store.Store;

/// Resource versions are revisions of the store, written in decimal.
final class ResourceVersions {
  private ResourceVersions() {}

  /// @return 0 for the empty string
  /// @throws ApiException 400 when it is no number
  static long parse(String resourceVersion) {
    if (resourceVersion.isEmpty()) {
      return 0;
    }
    if (!resourceVersion.matches("[0-9]{1,18}")) {
      throw ApiException.badRequest(
          "invalid resource version: resourceVersion: Invalid value: \"%s\": strconv.ParseUint:"
                  .formatted(resourceVersion)
              + " parsing \"%s\": invalid syntax".formatted(resourceVersion));
    }
    return Long.parseLong(resourceVersion);
  }

  /// @throws ApiException 504 when the store has not come so far
  static void requireNotInFuture(long wanted, Store store) {
    long current = store.revision();
    if (wanted > current) {
      throw ApiException.versionTooLarge(wanted, current);
    }
  }
}
