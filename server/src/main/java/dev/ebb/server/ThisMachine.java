package dev.ebb.server;

import dev.ebb.controllers.workloads.Machine;
import dev.ebb.node.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads from the kernel what the Node object tells of this machine (`proc_meminfo(5)`,
/// `os-release(5)`).
record ThisMachine(String name, String version, NodeConfig node) {
  Machine now() {
    try {
      FileStore disk = Files.getFileStore(node.dataDirectory());
      return new Machine(
          name,
          architecture(),
          value(Path.of("/etc/os-release"), "PRETTY_NAME=").orElse("Linux"),
          System.getProperty("os.version", ""),
          Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
          version,
          Runtime.getRuntime().availableProcessors(),
          kibibytes("MemTotal:"),
          kibibytes("MemAvailable:"),
          node.budget().memoryBytes(),
          node.budget().maxInstances(),
          disk.getTotalSpace(),
          disk.getUsableSpace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String architecture() {
    String name = System.getProperty("os.arch", "");
    return name.equals("aarch64") ? "arm64" : name;
  }

  /// In bytes; the kernel writes kibibytes.
  private static long kibibytes(String field) throws IOException {
    String text = value(Path.of("/proc/meminfo"), field).orElse("0 kB");
    return Long.parseLong(text.replace("kB", "").strip()) << 10;
  }

  private static Optional<String> value(Path file, String prefix) throws IOException {
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()).replace("\"", "").strip())
          .findFirst();
    }
  }
}
