package dev.ebb.node.sandbox;

import dev.ebb.images.layers.ImageOwners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The `config.json` of a container (config.md and config-linux.md of the OCI runtime
/// specification). A pure function of what is asked for.
final class BundleConfig {
  private static final JsonMapper JSON = new JsonMapper();

  /// As Kubernetes has it: places in /proc and /sys that tell of the machine or steer it.
  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final ContainerSpec spec;
  private final Users.Resolved user;
  private final List<Mount> mounts;
  private final OciRuntime runtime;
  private final String cgroup;
  private final List<String> groups;
  private final ObjectNode config = JsonNodeFactory.instance.objectNode();

  private BundleConfig(
      ContainerSpec spec,
      Users.Resolved user,
      List<Mount> mounts,
      OciRuntime runtime,
      String cgroup,
      List<String> groups) {
    this.spec = spec;
    this.user = user;
    this.mounts = mounts;
    this.runtime = runtime;
    this.cgroup = cgroup;
    this.groups = groups;
  }

  /// @param mounts those of the spec, with sources as the runtime finds them
  /// @param cgroup where a runtime puts it that does not leave it where it is born
  /// @param groups what to mount of the stage's control groups
  static byte[] of(
      ContainerSpec spec,
      Users.Resolved user,
      List<Mount> mounts,
      OciRuntime runtime,
      String cgroup,
      List<String> groups) {
    var config = new BundleConfig(spec, user, mounts, runtime, cgroup, groups);
    config.process();
    config.root();
    config.mounts();
    config.linux();
    return JSON.writeValueAsBytes(config.config);
  }

  /// What another command in a running container is run with: as the first one, but for its words.
  ///
  /// @throws IOException when the container's configuration cannot be read
  static byte[] process(Path bundle, List<String> command, boolean terminal) throws IOException {
    ObjectNode process =
        (ObjectNode)
            JSON.readTree(Files.readAllBytes(bundle.resolve("config.json"))).path("process");
    process.put("terminal", terminal);
    ArrayNode words = process.putArray("args");
    command.forEach(words::add);
    if (terminal) {
      process.withArray("env").add("TERM=xterm");
    }
    return JSON.writeValueAsBytes(process);
  }

  private void process() {
    config.put("ociVersion", "1.0.0");
    ObjectNode process = config.putObject("process");
    process.put("terminal", spec.terminal());
    ObjectNode ids = process.putObject("user").put("uid", user.user()).put("gid", user.group());
    ArrayNode groups = ids.putArray("additionalGids");
    user.groups().forEach(groups::add);
    ArrayNode arguments = process.putArray("args");
    spec.command().forEach(arguments::add);
    ArrayNode variables = process.putArray("env");
    environment().forEach((name, value) -> variables.add(name + "=" + value));
    process.put("cwd", spec.workingDirectory());
    process.put("noNewPrivileges", !spec.security().allowPrivilegeEscalation());
    ObjectNode sets = process.putObject("capabilities");
    List<String> capabilities = Capabilities.of(spec.security());
    for (String set : List.of("bounding", "effective", "permitted")) {
      ArrayNode names = sets.putArray(set);
      capabilities.forEach(names::add);
    }
    // No rlimits: to raise one takes CAP_SYS_RESOURCE, which not every root has.
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>(spec.environment());
    environment.putIfAbsent("PATH", PATH);
    environment.putIfAbsent("HOME", user.home());
    if (spec.terminal()) {
      environment.putIfAbsent("TERM", "xterm");
    }
    return environment;
  }

  private void root() {
    config
        .putObject("root")
        .put("path", Stage.ROOT)
        .put("readonly", spec.security().readOnlyRootFilesystem());
    if (spec.namespaces().sandbox().isEmpty()) {
      config.put("hostname", spec.hostname());
    }
  }

  private void mounts() {
    Set<String> taken = new HashSet<>();
    mounts.forEach(mount -> taken.add(mount.destination()));
    ArrayNode all = config.putArray("mounts");
    if (spec.root() instanceof Root.Host) {
      HostRoot.MOUNTS.forEach(mount -> add(all, mount));
    }
    add(all, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    String dev = spec.terminal() ? Stage.TERMINAL_DEV : Stage.DEV;
    add(all, "/dev", "bind", dev, "bind", "ro", "nosuid", "noexec");
    add(
        all,
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620",
        "gid=5");
    if (!taken.contains("/dev/shm")) {
      add(all, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k");
    }
    if (spec.namespaces().sandbox().isEmpty()) {
      add(all, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    }
    add(all, "/sys", "bind", Stage.SYS, "bind", "ro", "nosuid", "noexec", "nodev");
    for (String group : runtime.bindsTrees() ? groups.subList(0, 1) : groups) {
      String below = group.isEmpty() ? "" : "/" + group;
      add(
          all,
          "/sys/fs/cgroup" + below,
          "bind",
          Stage.GROUPS + below,
          runtime.bindsTrees() ? "rbind" : "bind",
          "ro",
          "nosuid",
          "noexec",
          "nodev");
    }
    if (spec.security().readOnlyRootFilesystem() && !taken.contains("/tmp")) {
      // The runtime contract of Knative has a /tmp that can be written.
      add(all, "/tmp", "tmpfs", "tmp", "nosuid", "nodev", "mode=1777");
    }
    mounts.forEach(mount -> add(all, mount));
  }

  private static void add(ArrayNode all, Mount mount) {
    String access = mount.readOnly() ? "ro" : "rw";
    switch (mount.source()) {
      case Mount.Bind(Path path, _) ->
          add(
              all,
              mount.destination(),
              "bind",
              path.toString(),
              "bind",
              "rprivate",
              access,
              "nosuid",
              "nodev");
      case Mount.Memory(OptionalLong bytes, int mode) -> {
        ArrayNode options =
            add(
                all,
                mount.destination(),
                "tmpfs",
                "tmpfs",
                access,
                "nosuid",
                "nodev",
                "mode=" + Integer.toOctalString(mode));
        bytes.ifPresent(size -> options.add("size=" + size));
      }
    }
  }

  private static ArrayNode add(
      ArrayNode all, String destination, String type, String source, String... options) {
    ArrayNode list =
        all.addObject()
            .put("destination", destination)
            .put("type", type)
            .put("source", source)
            .putArray("options");
    for (String option : options) {
      list.add(option);
    }
    return list;
  }

  private void linux() {
    ObjectNode linux = config.putObject("linux");
    if (!runtime.inherits()) {
      linux.put("cgroupsPath", cgroup);
    }
    Namespaces names = spec.namespaces();
    ArrayNode namespaces = linux.putArray("namespaces");
    String sandbox = "/proc/" + names.sandbox().orElse(0) + "/ns/";
    Optional<String> inSandbox =
        names.sandbox().isPresent() ? Optional.of(sandbox) : Optional.empty();
    if (names.shareProcesses() && names.sandbox().isPresent()) {
      // Who sees processes of a namespace must be of the users that it belongs to.
      namespace(namespaces, "user", sandbox + "user");
      namespace(namespaces, "pid", sandbox + "pid");
    } else {
      namespace(namespaces, "user", "");
      namespace(namespaces, "pid", "");
      for (String kind : List.of("uidMappings", "gidMappings")) {
        linux
            .putArray(kind)
            .addObject()
            .put("containerID", 0)
            .put("hostID", ImageOwners.BASE)
            .put("size", ImageOwners.COUNT);
      }
    }
    namespace(namespaces, "mount", "");
    namespace(namespaces, "cgroup", "");
    shared(namespaces, "ipc", inSandbox.map(it -> it + "ipc"));
    shared(namespaces, "uts", inSandbox.map(it -> it + "uts"));
    shared(namespaces, "network", names.network().map(Object::toString));
    ArrayNode masked = linux.putArray("maskedPaths");
    MASKED.forEach(masked::add);
    ArrayNode readOnly = linux.putArray("readonlyPaths");
    READ_ONLY.forEach(readOnly::add);
    if (spec.security().seccomp() == Security.Seccomp.RUNTIME_DEFAULT) {
      linux.set("seccomp", SeccompProfile.RUNTIME_DEFAULT);
    }
  }

  /// Where one is born into a namespace, nothing is said of it.
  private void shared(ArrayNode all, String type, Optional<String> path) {
    if (path.isEmpty() || runtime.joins()) {
      namespace(all, type, path.orElse(""));
    }
  }

  private static void namespace(ArrayNode all, String type, String path) {
    ObjectNode namespace = all.addObject().put("type", type);
    if (!path.isEmpty()) {
      namespace.put("path", path);
    }
  }
}
