package dev.ebb.node.network;

import dev.ebb.node.Linux;

/// The kernel refused what was asked of it.
final class NetlinkException extends RuntimeException {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int ESRCH = 3;

  private static final long serialVersionUID = 1;

  private final int errno;

  NetlinkException(String purpose, int errno, String detail) {
    super(purpose + ": " + Linux.message(errno) + (detail.isEmpty() ? "" : " (" + detail + ")"));
    this.errno = errno;
  }

  int errno() {
    return errno;
  }

  /// What should be removed was not there.
  boolean isAbsence() {
    return errno == ENOENT || errno == ENODEV || errno == ESRCH;
  }
}
