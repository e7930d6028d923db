package dev.ebb.gateway;

/// How bytes reach the kernel.
public enum Transport {
  /// The best that works here and proved stable: epoll on Linux, else NIO.
  AUTO,
  IO_URING,
  EPOLL,
  NIO
}
