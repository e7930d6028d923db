package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The other ways to start the program of an image: containerd's `ctr run`, `podman run`, and
/// nothing around it at all. All of them use the machine's own network, which is the least that
/// they can do; Ebb's instances have a network each.
final class ContainerPeers implements AutoCloseable {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Path directory;
  private final StaticImage image;
  private final Processes processes;
  private int started;

  /// Starts a containerd of its own and gives the image to all.
  ContainerPeers(Path directory, StaticImage image) throws IOException {
    this.directory = directory;
    this.image = image;
    processes = new Processes(directory);
    Path config =
        Files.writeString(
            directory.resolve("containerd.toml"),
            """
            version = 2
            root = "%1$s/containerd"
            state = "%1$s/containerd-state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
            address = "%1$s/containerd.sock"
            """
                .formatted(directory));
    processes.start("containerd", List.of("containerd", "-c", "" + config));
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!Files.exists(directory.resolve("containerd.sock"))) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("containerd did not start");
      }
      LockSupport.parkNanos(10_000_000);
    }
    Processes.run(ctr("images", "import", "" + image.archive()));
    Processes.run(podman("load", "-i", "" + image.archive()));
  }

  /// From before the command to the first byte of the first answer, in milliseconds.
  double plain() {
    return time(List.of("" + image.program()), Map.of());
  }

  double ctr() {
    String port = Integer.toString(freePort());
    return time(
        ctr(
            "run",
            "--rm",
            "--net-host",
            "--env",
            "PORT=" + port,
            "--env",
            "ONCE=1",
            image.name(),
            "hello-" + ++started),
        Map.of("PORT", port));
  }

  double podman() {
    String port = Integer.toString(freePort());
    return time(
        podman(
            "run",
            "--rm",
            "--network=host",
            // Podman raises these by itself, which root may not everywhere.
            "--ulimit=nofile=1024:1024",
            "--ulimit=nproc=1024:1024",
            // crun from Debian refuses machines that have both kinds of cgroups.
            "--runtime=runc",
            "--env",
            "PORT=" + port,
            "--env",
            "ONCE=1",
            image.name()),
        Map.of("PORT", port));
  }

  private List<String> podman(String... words) {
    return podman(directory, words);
  }

  /// Podman with a storage of its own below that directory.
  static List<String> podman(Path directory, String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "podman",
                "--root",
                directory + "/podman",
                "--runroot",
                directory + "/podman-run",
                "--storage-driver",
                "overlay",
                "--cgroup-manager",
                "cgroupfs"));
    command.addAll(List.of(words));
    return command;
  }

  private List<String> ctr(String... words) {
    List<String> command = new ArrayList<>(List.of("ctr", "-a", directory + "/containerd.sock"));
    command.addAll(List.of(words));
    return command;
  }

  /// @param environment with `PORT` where the program of the command listens; else a free one
  private double time(List<String> command, Map<String, String> environment) {
    int port = Integer.parseInt(environment.getOrDefault("PORT", "" + freePort()));
    URI url = URI.create("http://127.0.0.1:" + port + "/");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(directory.resolve("peer.out").toFile());
      builder.environment().put("PORT", "" + port);
      builder.environment().put("ONCE", "1");
      long start = System.nanoTime();
      Process process = builder.start();
      while (true) {
        try {
          HttpTimer.get(url);
          double millis = (System.nanoTime() - start) / 1e6;
          process.waitFor();
          return millis;
        } catch (UncheckedIOException notYet) {
          if (!process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
            throw new IllegalStateException(
                command + ": " + Files.readString(directory.resolve("peer.out")), notYet);
          }
          LockSupport.parkNanos(300_000);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Processes.run(podman("system", "reset", "--force"));
    processes.close();
  }
}
