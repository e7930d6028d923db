package dev.ebb.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.node.Linux;
import dev.ebb.node.ProcessStat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nothing may be left of containers: mounts, namespaces, control groups, processes, files and
/// descriptors are counted before and after.
class LeakTest {
  private static final int CONTAINERS = 30;

  /// What the machine has that a container could leave, as this process and its descendants see it.
  private record Count(TreeSet<String> mounts, long descriptors, TreeSet<String> files) {
    static Count of(Path directory) throws IOException {
      var mounts = new TreeSet<>(Files.readAllLines(Path.of("/proc/self/mounts")));
      mounts.removeIf(
          mount -> !mount.contains(directory.toString()) && !mount.contains("/dev/shm/"));
      try (var descriptors = Files.list(Path.of("/proc/self/fd"));
          var files = Files.walk(directory)) {
        var names = new TreeSet<String>();
        files
            .filter(file -> !file.toString().endsWith(".log"))
            .filter(file -> !file.toString().contains("/.cache"))
            .forEach(file -> names.add(file.toString()));
        return new Count(mounts, descriptors.count(), names);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void nothingIsLeftOfManyContainers(String program, @TempDir Path directory) throws IOException {
    try (var sandboxes = new Sandboxes(directory, program)) {
      sandboxes.shell("exit 0");
      Count before = Count.of(directory);
      for (int i = 0; i < CONTAINERS; i++) {
        assertThat(sandboxes.shell("sleep 60 & echo >/file; exit 0").code()).isZero();
      }
      for (int i = 0; i < 5; i++) {
        var spec = sandboxes.spec("/bin/sleep", "60");
        var created = sandboxes.runtime().create(spec);
        sandboxes.runtime().delete(spec.id(), spec.bundle());
        Linux.reap(created.pid());
      }
      // Whatever else this process does may have something for a moment; what is left stays.
      await()
          .ignoreExceptionsMatching(LeakTest::isGone)
          .untilAsserted(() -> {
            Count after = Count.of(directory);
            assertThat(after.mounts()).isEqualTo(before.mounts()).isEmpty();
            assertThat(after.files()).isEqualTo(before.files());
            assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 2);
            assertThat(inNamespacesOfTheirOwn()).isEmpty();
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void nothingIsLeftOfThoseOfAnAbandonedServer(String program, @TempDir Path directory)
      throws IOException {
    List<RunningContainer> running = new ArrayList<>();
    try (var sandboxes = new Sandboxes(directory, program)) {
      List<ContainerSpec> specs = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        var spec = sandboxes.spec("/bin/sleep", "60");
        specs.add(spec);
        running.add(sandboxes.runtime().start(spec));
      }
      var later = sandboxes.abandon();
      assertThat(later.left()).hasSize(5);
      for (var spec : specs) {
        later.delete(spec.id(), spec.bundle());
        assertThat(spec.bundle()).doesNotExist();
      }
      assertThat(later.left()).isEmpty();
      for (var container : running) {
        assertThat(Linux.awaitExit(container.pid()).signal()).isEqualTo(Linux.SIGKILL);
        Linux.reap(container.pid());
      }
      await()
          .ignoreExceptionsMatching(LeakTest::isGone)
          .untilAsserted(() -> assertThat(inNamespacesOfTheirOwn()).isEmpty());
    }
  }

  /// A file, or a process, while it was looked at.
  private static boolean isGone(Throwable failure) {
    return failure instanceof IOException || failure instanceof UncheckedIOException;
  }

  /// Living children of this process in another PID namespace: containers.
  private static List<Long> inNamespacesOfTheirOwn() throws IOException {
    var own = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    List<Long> found = new ArrayList<>();
    for (var child : (Iterable<ProcessHandle>) ProcessHandle.current().descendants()::iterator) {
      var stat = ProcessStat.read(child.pid());
      if (stat.isPresent() && stat.get().state() != 'Z') {
        var namespace = Path.of("/proc", Long.toString(child.pid()), "ns/pid");
        if (Files.exists(namespace) && !Files.readSymbolicLink(namespace).equals(own)) {
          found.add(child.pid());
        }
      }
    }
    return found;
  }
}
