package dev.ebb.resources.local;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.store.Store;
import java.util.List;

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
      throw ApiException.badRequest("Invalid value: \"%s\"".formatted(resourceVersion));
    }
    return Long.parseLong(resourceVersion);
  }

  /// @throws ApiException 504 when the store has not come so far
  static void requireNotInFuture(String resourceVersion, Store store) {
    long wanted = parse(resourceVersion);
    long current = store.revision();
    if (wanted > current) {
      throw new ApiException(
          new ApiStatus(
              504,
              "Timeout",
              "Too large resource version: %d, current: %d".formatted(wanted, current),
              "",
              "",
              "",
              List.of()));
    }
  }
}
