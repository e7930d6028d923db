package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What a machine has that containers need, as the kernel tells it.
///
/// @param root whether this process is user 0
/// @param capabilities the effective ones, a bit each (capabilities(7))
/// @param kernel release, as `uname -r`
/// @param runtimes programs that run OCI bundles, the best one first
/// @param mounts lines of `/proc/self/mountinfo`
/// @param userNamespaces how many a user may have
/// @param seccomp what filters of system calls can do (seccomp(2)); empty where there are none
/// @param filesystems text of `/proc/filesystems`
/// @param nft absolute path of nftables' program
/// @param openFiles how many descriptors this process may have
record MachineFacts(
    boolean root,
    long capabilities,
    String kernel,
    List<OciRuntime> runtimes,
    List<String> mounts,
    long userNamespaces,
    String seccomp,
    String filesystems,
    Optional<Path> nft,
    long openFiles) {
  private static final int PATIENCE_SECONDS = 5;

  /// Those of this machine. What cannot be read counts as missing.
  ///
  /// @param wanted name or path of the only runtime that is looked for; empty: all
  static MachineFacts look(String wanted) {
    List<String> status = lines("/proc/self/status");
    return new MachineFacts(
        field(status, "Uid:").startsWith("0"),
        Long.parseUnsignedLong("0" + field(status, "CapEff:"), 16),
        text("/proc/sys/kernel/osrelease").strip(),
        runtimes(wanted),
        lines("/proc/self/mountinfo"),
        CgroupFiles.number(Path.of("/proc/sys/user/max_user_namespaces")),
        text("/proc/sys/kernel/seccomp/actions_avail").strip(),
        text("/proc/filesystems"),
        program("nft"),
        openFiles(lines("/proc/self/limits")));
  }

  private static String field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip().split("\\s+")[0])
        .findFirst()
        .orElse("");
  }

  private static long openFiles(List<String> limits) {
    return limits.stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.substring("Max open files".length()).strip().split("\\s+")[0])
        .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
        .findFirst()
        .orElse(0);
  }

  private static List<OciRuntime> runtimes(String wanted) {
    return (wanted.isEmpty() ? Stream.of("crun", "runc") : Stream.of(wanted))
        .flatMap(it -> program(it).stream())
        .flatMap(it -> OciRuntime.of(it, version(it)).stream())
        .toList();
  }

  private static Optional<Path> program(String name) {
    if (name.startsWith("/")) {
      return Optional.of(Path.of(name)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(":")), Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin"))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String version(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static List<String> lines(String file) {
    return text(file).lines().toList();
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }
}
