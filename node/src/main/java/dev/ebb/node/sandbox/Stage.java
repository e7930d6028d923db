package dev.ebb.node.sandbox;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Where a launcher puts together what a container is made of, in a mount namespace that only the
/// launcher has: the machine sees none of these mounts, and they are gone with the thread, however
/// the server ends.
///
/// It covers `/dev/shm`, which is there on every machine and which every user may enter: a
/// container's root user, who is nobody here, must be able to reach its root.
final class Stage {
  static final String DIRECTORY = "/dev/shm";
  static final String ROOT = DIRECTORY + "/root";
  static final String DEV = DIRECTORY + "/dev";

  /// As the other, with the place of `/dev/console`, which only a program with a terminal has
  /// (Knative's runtime contract).
  static final String TERMINAL_DEV = DIRECTORY + "/tdev";

  static final String SYS = DIRECTORY + "/sys";
  static final String GROUPS = DIRECTORY + "/groups";
  private static final String RUNTIME = DIRECTORY + "/runtime";
  private static final String LAYERS = DIRECTORY + "/l";
  private static final String SOURCES = DIRECTORY + "/m";

  private Stage() {}

  /// Gives the calling thread a mount namespace of its own, a copy of the machine's of now.
  ///
  /// @param runtime program of the container runtime
  /// @param cover mounts that the runtime must not see
  static void prepare(Path runtime, List<Path> cover) throws IOException {
    SystemCalls.enter(Path.of("/proc/self/ns/mnt"), SystemCalls.CLONE_NEWNS);
    SystemCalls.unshare(SystemCalls.CLONE_NEWNS);
    // What is done here must not appear on the machine; what is unmounted there goes here, too.
    SystemCalls.mount("none", "/", "", SystemCalls.MS_REC | SystemCalls.MS_SLAVE, "");
    for (Path mount : cover) {
      SystemCalls.unmount(mount.toString(), SystemCalls.MNT_DETACH);
    }
    SystemCalls.mount("ebb", DIRECTORY, "tmpfs", SystemCalls.MS_NOSUID, "mode=0755,size=1m");
    for (String directory : List.of(ROOT, DEV, TERMINAL_DEV, SYS, GROUPS, LAYERS, SOURCES)) {
      Files.createDirectory(Path.of(directory));
    }
    devices(DEV);
    devices(TERMINAL_DEV);
    Files.createFile(Path.of(TERMINAL_DEV, "console"));
    // Of an empty network namespace: the machine's interfaces are nobody's business. It is
    // read-only for good, as a user namespace cannot undo what was done outside.
    SystemCalls.unshare(SystemCalls.CLONE_NEWNET);
    SystemCalls.mount(
        "sysfs",
        SYS,
        "sysfs",
        SystemCalls.MS_RDONLY
            | SystemCalls.MS_NOSUID
            | SystemCalls.MS_NODEV
            | SystemCalls.MS_NOEXEC,
        "");
    SystemCalls.enter(Path.of("/proc/self/ns/net"), SystemCalls.CLONE_NEWNET);
    runtime(runtime);
  }

  /// On a read-only mount crun sees that containers cannot overwrite it, and need not copy itself
  /// first, which is half of its time (CVE-2019-5736).
  private static void runtime(Path program) throws IOException {
    Files.createFile(Path.of(RUNTIME));
    SystemCalls.mount(program.toString(), RUNTIME, "", SystemCalls.MS_BIND, "");
    SystemCalls.mount(
        "none",
        RUNTIME,
        "",
        SystemCalls.MS_BIND | SystemCalls.MS_REMOUNT | SystemCalls.MS_RDONLY,
        "");
  }

  /// Where a runtime sends a terminal to: at the end of a short path, as sockets need it.
  static Path console() {
    return Path.of(DIRECTORY, "console");
  }

  static Path runtime() {
    return Path.of(RUNTIME);
  }

  private static void devices(String dev) throws IOException {
    SystemCalls.device(dev + "/null", 1, 3);
    SystemCalls.device(dev + "/zero", 1, 5);
    SystemCalls.device(dev + "/full", 1, 7);
    SystemCalls.device(dev + "/random", 1, 8);
    SystemCalls.device(dev + "/urandom", 1, 9);
    SystemCalls.device(dev + "/tty", 5, 0);
    for (String directory : List.of("pts", "shm", "mqueue")) {
      Files.createDirectory(Path.of(dev, directory));
    }
    Files.createFile(Path.of(dev, "termination-log"));
    link(dev, "ptmx", "pts/ptmx");
    link(dev, "fd", "/proc/self/fd");
    link(dev, "stdin", "/proc/self/fd/0");
    link(dev, "stdout", "/proc/self/fd/1");
    link(dev, "stderr", "/proc/self/fd/2");
  }

  private static void link(String dev, String name, String target) throws IOException {
    Files.createSymbolicLink(Path.of(dev, name), Path.of(target));
  }

  /// Shows the control groups of a container, which read in them what they may use.
  ///
  /// @param hierarchies see [Cgroup#hierarchies]
  /// @param again others were shown here before
  static void groups(Map<String, Path> hierarchies, boolean again) throws IOException {
    for (var one : hierarchies.entrySet()) {
      Path target = Files.createDirectories(Path.of(GROUPS, one.getKey()));
      if (again) {
        SystemCalls.unmount(target.toString(), SystemCalls.MNT_DETACH);
      }
      SystemCalls.mount(one.getValue().toString(), target.toString(), "", SystemCalls.MS_BIND, "");
      SystemCalls.mount(
          "none",
          target.toString(),
          "",
          SystemCalls.MS_BIND
              | SystemCalls.MS_REMOUNT
              | SystemCalls.MS_RDONLY
              | SystemCalls.MS_NOSUID
              | SystemCalls.MS_NODEV
              | SystemCalls.MS_NOEXEC,
          "");
    }
  }

  /// The places below [#GROUPS] that have to be mounted, in this order: crun 1.8 leaves what is
  /// mounted in a source behind.
  static List<String> shown(Map<String, Path> hierarchies) {
    return Stream.concat(Stream.of(""), hierarchies.keySet().stream().sorted()).distinct().toList();
  }

  /// Mounts the root of a container.
  static void root(Root root, Path bundle, int owner) throws IOException {
    switch (root) {
      case Root.Host ignored ->
          SystemCalls.mount(
              "root",
              ROOT,
              "tmpfs",
              SystemCalls.MS_NODEV,
              "mode=0755,size=16m,uid=%d,gid=%d".formatted(owner, owner));
      case Root.Layers(List<Path> layers, Root.Writable writable) -> {
        Path changes = bundle;
        if (writable == Root.Writable.MEMORY) {
          changes = bundle.resolve("memory");
          Files.createDirectory(changes);
          SystemCalls.mount(
              "changes", changes.toString(), "tmpfs", SystemCalls.MS_NODEV, "mode=0700");
        }
        overlay(layers, changes, owner);
      }
    }
  }

  private static void overlay(List<Path> layers, Path changes, int owner) throws IOException {
    Path upper = Files.createDirectory(changes.resolve("upper"));
    Path work = Files.createDirectory(changes.resolve("work"));
    Files.setPosixFilePermissions(upper, PosixFilePermissions.fromString("rwxr-xr-x"));
    SystemCalls.chown(upper, owner, owner);
    if (layers.stream()
        .noneMatch(layer -> Files.exists(layer.resolve("tmp"), LinkOption.NOFOLLOW_LINKS))) {
      Path tmp = Files.createDirectory(upper.resolve("tmp"));
      SystemCalls.chown(tmp, owner, owner);
      SystemCalls.chmod(tmp, 01777);
    }
    // mount(2) takes one page of options, which some thirty names of layers would fill: links with
    // short names stand for them.
    StringBuilder lower = new StringBuilder();
    for (int i = layers.size() - 1; i >= 0; i--) {
      Path link = Path.of(LAYERS, Integer.toString(i));
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, layers.get(i));
      lower.append(lower.isEmpty() ? "" : ":").append(link);
    }
    // volatile: nothing of a container is to outlive the loss of power, so nothing waits for the
    // disk when it ends.
    SystemCalls.mount(
        "overlay",
        ROOT,
        "overlay",
        SystemCalls.MS_NODEV,
        "lowerdir=%s,upperdir=%s,workdir=%s,volatile".formatted(lower, upper, work));
  }

  /// Puts the source of a mount where a user of the container can reach it.
  ///
  /// @param exact refuses a path that leads elsewhere by a link
  static Path source(int number, Path source, boolean exact) throws IOException {
    if (!exact) {
      return mounted(number, source);
    }
    int file = SystemCalls.open(source, /* O_PATH */ 0x200000);
    try {
      // What is mounted is what was opened: nobody can exchange it in between.
      Path opened = Path.of("/proc/self/fd", Integer.toString(file));
      if (!Files.readSymbolicLink(opened).equals(source)) {
        throw new IOException("mount of %s: a link leads elsewhere".formatted(source));
      }
      return mounted(number, opened);
    } finally {
      Linux.close(file);
    }
  }

  private static Path mounted(int number, Path source) throws IOException {
    Path target = Path.of(SOURCES, Integer.toString(number));
    if (Files.isDirectory(source)) {
      Files.createDirectories(target);
    } else if (Files.notExists(target)) {
      Files.createFile(target);
    }
    try {
      SystemCalls.mount(source.toString(), target.toString(), "", SystemCalls.MS_BIND, "");
    } catch (IOException e) {
      // What is here is a mount, or else it could not be taken away as one.
      Files.delete(target);
      throw e;
    }
    return target;
  }

  /// Takes away the root and the sources of the container that has its own copies now.
  static void clear() throws IOException {
    try (var sources = Files.newDirectoryStream(Path.of(SOURCES))) {
      for (Path source : sources) {
        SystemCalls.unmount(source.toString(), SystemCalls.MNT_DETACH);
        Files.delete(source);
      }
    }
    SystemCalls.unmount(ROOT, SystemCalls.MNT_DETACH);
  }
}
