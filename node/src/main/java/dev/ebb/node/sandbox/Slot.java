package dev.ebb.node.sandbox;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// What one thread has ready for the next container: a mount namespace with a [Stage], and a
/// control group that the thread stands in where a thread may (version 1), for a child is born into
/// the namespaces and groups of the thread that makes it. Moving into a group costs up to 25 ms on
/// a busy machine, which no start waits for. Only its thread uses it.
final class Slot {
  private static final Logger LOG = System.getLogger(Slot.class.getName());

  private final OciRuntime runtime;
  private final Cgroups cgroups;
  private Optional<Cgroup> next = Optional.empty();

  /// The last that was taken.
  private Optional<Cgroup> taken = Optional.empty();

  /// The one that a container would see.
  private Optional<Cgroup> shown = Optional.empty();

  private boolean own;
  private boolean staged;
  private boolean inNext;
  private boolean rooted;

  Slot(OciRuntime runtime, Cgroups cgroups) {
    this.runtime = runtime;
    this.cgroups = cgroups;
  }

  /// What fails here is tried again, and told, by the next start.
  void prepare() {
    try {
      if (rooted) {
        Stage.clear();
        rooted = false;
      }
      stage();
      ready();
    } catch (IOException | RuntimeException | AssertionError e) {
      LOG.log(Level.WARNING, "nothing could be made ready for the next container", e);
    }
  }

  private void stage() throws IOException {
    if (!own) {
      SystemCalls.unshare(SystemCalls.CLONE_FS | SystemCalls.CLONE_NEWNS);
      own = true;
    }
    if (!staged) {
      Stage.prepare(runtime.program(), cgroups.cover());
      staged = true;
      rooted = false;
      shown = Optional.empty();
    }
  }

  private Cgroup ready() throws IOException {
    if (next.isEmpty()) {
      String name = "c" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
      next = Optional.of(cgroups.create(name));
      inNext = false;
    }
    if (!inNext) {
      enter(next.get());
      inNext = true;
    }
    show(next.get());
    return next.get();
  }

  private void show(Cgroup cgroup) throws IOException {
    if (!shown.equals(Optional.of(cgroup))) {
      Stage.groups(cgroup.hierarchies(), shown.isPresent());
      shown = Optional.of(cgroup);
    }
  }

  private void enter(Cgroup cgroup) throws IOException {
    if (runtime.inherits() && cgroup instanceof CgroupV1 first) {
      first.enter(thread());
    }
  }

  /// A group of its own for a container, with the thread in it where that is possible.
  Cgroup take() throws IOException {
    stage();
    Cgroup cgroup = ready();
    next = Optional.empty();
    taken = Optional.of(cgroup);
    return cgroup;
  }

  /// Goes into the group of a running container.
  void join(Cgroup cgroup) throws IOException {
    stage();
    inNext = false;
    enter(cgroup);
  }

  /// Sees to it that the thread finds what is at these places of the machine now: its copy of the
  /// mounts is as old as the last look.
  void see(List<Path> places) throws IOException {
    for (Path place : places) {
      Path onMachine = Path.of("/proc/self/root" + place.toAbsolutePath());
      if (!identity(place).equals(identity(onMachine))) {
        staged = false;
        stage();
        if (taken.isPresent()) {
          show(taken.get());
        }
        return;
      }
    }
  }

  private static Object identity(Path place) {
    try {
      var attributes = Files.readAttributes(place, "unix:dev,ino");
      return attributes;
    } catch (IOException e) {
      return "nothing";
    }
  }

  void root(Root root, Path bundle, int owner) throws IOException {
    if (rooted) {
      Stage.clear();
      rooted = false;
    }
    Stage.root(root, bundle, owner);
    rooted = true;
  }

  /// The beginning of a command that runs in the group: nothing where the thread is in it, or the
  /// runtime goes there itself.
  static List<String> entrance(OciRuntime runtime, Cgroup cgroup) {
    if (!runtime.inherits()) {
      return List.of();
    }
    return switch (cgroup) {
      case CgroupV1 ignored -> List.of();
      case CgroupV2 second ->
          List.of("/bin/sh", "-c", "echo 0 >\"$0\" && exec \"$@\"", second.entrance().toString());
    };
  }

  private static long thread() throws IOException {
    // PID/task/TID
    return Long.parseLong(
        Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
  }

  /// Gives back what was made ready.
  void close() {
    try {
      if (runtime.inherits() && next.isPresent() && inNext && next.get() instanceof CgroupV1) {
        leave();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the group ends with its thread", e);
    }
    next.ifPresent(Cgroup::delete);
  }

  private void leave() throws IOException {
    // To the hierarchy's root: the thread's end comes after its group's.
    for (Path parent : cgroups.parents()) {
      CgroupFiles.write(parent.resolveSibling("tasks"), Long.toString(thread()));
    }
  }
}
