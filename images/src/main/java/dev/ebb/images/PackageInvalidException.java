package dev.ebb.images;

/// Files that no package can hold: a path that leaves its root, too many, too large. The message is
/// for the user who sent them.
public final class PackageInvalidException extends RuntimeException {
  PackageInvalidException(String message) {
    super(message);
  }
}
