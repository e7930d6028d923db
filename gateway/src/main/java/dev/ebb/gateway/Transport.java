package dev.ebb.gateway;

/// How bytes reach the kernel; docs/decisions/0051-transport.md says why epoll is the default.
public enum Transport {
  /// The best that works here and proved stable: epoll on Linux, else NIO.
  AUTO,
  IO_URING,
  EPOLL,
  NIO
}
