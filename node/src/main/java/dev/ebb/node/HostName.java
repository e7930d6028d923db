package dev.ebb.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// This machine's name.
public final class HostName {
  private static final Path KERNELS = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /// As the kernel knows it (proc_sys_kernel(5)). No name server is asked, as
  /// `InetAddress.getLocalHost` does, which fails on machines that nobody else knows.
  ///
  /// @return `localhost` where the kernel does not tell
  public static String read() {
    try {
      return Files.readString(KERNELS).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
