package dev.ebb.images.layers;

/// The kernel refused a system call.
final class LinuxException extends RuntimeException {
  private final int number;

  /// @param number the errno
  LinuxException(String call, int number) {
    super(call + ": " + LinuxFiles.message(number));
    this.number = number;
  }

  int number() {
    return number;
  }

  boolean isNoSpace() {
    return number == LinuxFiles.ENOSPC || number == LinuxFiles.EDQUOT;
  }
}
