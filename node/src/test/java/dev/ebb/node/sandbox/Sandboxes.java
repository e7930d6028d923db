package dev.ebb.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.Linux;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A runtime of its own for a test, with an image of one layer that has busybox.
final class Sandboxes implements AutoCloseable {
  final Path directory;
  final Path layer;
  final String owner =
      "ebb-test-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
  private final AtomicInteger number = new AtomicInteger();
  private final OciRuntime oci;
  private CrunRuntime runtime;

  /// By crun.
  Sandboxes(Path directory) throws IOException {
    this(directory, "crun");
  }

  /// @param program name of the runtime, `crun` or `runc`
  Sandboxes(Path directory, String program) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    this.directory = directory;
    oci =
        program.equals("crun")
            ? OciRuntime.crun(program(program))
            : OciRuntime.runc(program(program));
    layer = Files.createDirectories(directory.resolve("layer"));
    image();
    runtime = CrunRuntime.open(config());
  }

  private SandboxConfig config() {
    return new SandboxConfig(oci, owner, directory.resolve("state"), directory.resolve("crun"), 2);
  }

  CrunRuntime runtime() {
    return runtime;
  }

  /// As after a server that was killed: no container is told to end. The threads of the old one,
  /// which a kill would have ended, are: they stand in control groups.
  CrunRuntime abandon() throws IOException {
    runtime.close();
    runtime = CrunRuntime.open(config());
    return runtime;
  }

  static Path program(String name) {
    return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(".ci/tools installs " + name));
  }

  private void image() throws IOException {
    Path bin = Files.createDirectory(layer.resolve("bin"));
    Files.copy(program("busybox"), bin.resolve("busybox"));
    for (String name : List.of("sh", "cat", "sleep", "id")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    Path etc = Files.createDirectory(layer.resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\nwww:x:33:34::/srv:/bin/sh\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nweb:x:34:\nmore:x:35:www\n");
    Files.writeString(bin.resolve("no-program"), "not to be run");
    try (var files = Files.walk(layer)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        SystemCalls.chown(file, ImageOwners.BASE, ImageOwners.BASE);
      }
    }
  }

  /// A container of the image that runs a command and nothing else that is said.
  ContainerSpec spec(String... command) {
    String id = owner + "-" + number.incrementAndGet();
    return new ContainerSpec(
        id,
        directory.resolve(id),
        new Root.Layers(List.of(layer), Root.Writable.DISK),
        List.of(command),
        Map.of("PATH", "/bin"),
        "/",
        ContainerUser.ROOT,
        List.of(),
        Security.DEFAULT,
        Resources.UNLIMITED,
        Namespaces.OWN,
        "host-" + number.get(),
        directory.resolve(id + ".log"),
        StandardInput.NONE,
        false);
  }

  /// What a container leaves behind.
  record Ended(int code, String output, boolean oomKilled) {}

  /// Runs a container to its end, and takes it away.
  Ended run(ContainerSpec spec) throws IOException {
    return end(spec, runtime.start(spec));
  }

  /// Waits for the end of one that runs, and takes it away.
  Ended end(ContainerSpec spec, RunningContainer running) throws IOException {
    int code = Linux.awaitExit(running.pid()).code();
    boolean killed = runtime.oomKilled(spec.id());
    runtime.delete(spec.id(), spec.bundle());
    Linux.reap(running.pid());
    return new Ended(code, Files.readString(spec.log()), killed);
  }

  Ended shell(String script) throws IOException {
    return run(spec("/bin/sh", "-c", script));
  }

  Ended shell(String script, UnaryOperator<ContainerSpec> change) throws IOException {
    return run(change.apply(spec("/bin/sh", "-c", script)));
  }

  @Override
  public void close() throws IOException {
    for (String id : runtime.left()) {
      runtime.delete(id, directory.resolve(id));
    }
    runtime.close();
    assertThat(groups()).as("control groups left").isEmpty();
  }

  private List<File> groups() {
    return below(new File("/sys/fs/cgroup"), 3)
        .filter(group -> group.getName().equals(owner))
        .toList();
  }

  /// Others make and remove groups of their own meanwhile.
  private static Stream<File> below(File group, int depth) {
    File[] groups = depth == 0 ? null : group.listFiles(File::isDirectory);
    return groups == null
        ? Stream.empty()
        : Stream.of(groups).flatMap(one -> Stream.concat(Stream.of(one), below(one, depth - 1)));
  }
}
