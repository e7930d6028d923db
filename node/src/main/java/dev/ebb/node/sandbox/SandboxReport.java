package dev.ebb.node.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a machine can run containers, and what to do where it cannot.
///
/// @param runtime what runs them, when everything that is needed is there
public record SandboxReport(List<Check> checks, Optional<OciRuntime> runtime) {
  public SandboxReport {
    checks = List.copyOf(checks);
  }

  public enum Status {
    OK,
    /// It works, and something would be better.
    WARNING,
    MISSING
  }

  /// @param found what there is
  /// @param cure what a user does about it; empty when all is well
  public record Check(String name, Status status, String found, String cure) {}

  /// Oldest kernel with all that is called: mount_setattr(2), overlayfs below user namespaces.
  private static final int[] KERNEL = {5, 12};

  /// An instance costs the server a handful.
  private static final long OPEN_FILES = 4096;

  private static final int SYS_CHROOT = 18;
  private static final int SYS_ADMIN = 21;
  private static final int SETUID = 7;
  private static final int CHOWN = 0;

  /// Of this machine. Runs `crun --version` and `runc --version`.
  ///
  /// @param wanted name or absolute path of the runtime; empty: crun, else runc
  public static SandboxReport look(String wanted) {
    return of(MachineFacts.look(wanted));
  }

  /// Whether containers can be run.
  public boolean containers() {
    return runtime.isPresent();
  }

  /// What is missing and how to get it, in one line.
  public String missing() {
    return String.join(
        "; ",
        checks.stream()
            .filter(check -> check.status() == Status.MISSING)
            .map(check -> check.name() + ": " + check.found() + " (" + check.cure() + ")")
            .toList());
  }

  static SandboxReport of(MachineFacts facts) {
    List<Check> checks = new ArrayList<>();
    add(checks, "kernel", isRecent(facts.kernel()), facts.kernel(), "Linux 5.12 or newer");
    add(checks, "user", facts.root(), facts.root() ? "root" : "not root", "sudo ebb up");
    add(
        checks,
        "capabilities",
        has(facts, SYS_ADMIN) && has(facts, SYS_CHROOT) && has(facts, SETUID) && has(facts, CHOWN),
        has(facts, SYS_ADMIN) ? "SYS_ADMIN and what goes with it" : "no SYS_ADMIN",
        "run Ebb outside of an unprivileged container");
    add(
        checks,
        "runtime",
        !facts.runtimes().isEmpty(),
        facts.runtimes().isEmpty()
            ? "neither crun nor runc"
            : facts.runtimes().getFirst().toString(),
        "apt-get install crun, or dnf install crun");
    var cgroups = Cgroups.find("ebb", facts.mounts());
    add(
        checks,
        "cgroups",
        cgroups.cgroups().isPresent(),
        cgroups
            .cgroups()
            .map(it ->
                switch (it.mode()) {
                  case V1 -> "version 1";
                  case V2 -> "version 2";
                  case HYBRID -> "version 1 beside 2 (hybrid)";
                })
            .map(it -> it + ", controllers cpu, memory, pids")
            .orElseGet(() -> "no controllers " + String.join(", ", cgroups.missing())),
        "mount them: mount -t cgroup2 none /sys/fs/cgroup");
    add(
        checks,
        "user namespaces",
        facts.userNamespaces() > 0,
        facts.userNamespaces() + " allowed",
        "sysctl -w user.max_user_namespaces=65536");
    add(
        checks,
        "seccomp",
        facts.seccomp().contains("errno"),
        facts.seccomp().isEmpty() ? "no filters in the kernel" : "filters in the kernel",
        "a kernel with CONFIG_SECCOMP_FILTER");
    add(
        checks,
        "overlayfs",
        facts.filesystems().contains("\toverlay\n"),
        facts.filesystems().contains("\toverlay\n") ? "in the kernel" : "not in the kernel",
        "modprobe overlay");
    add(
        checks,
        "nftables",
        facts.nft().isPresent(),
        facts.nft().map(Path::toString).orElse("not on the PATH"),
        "apt-get install nftables, or dnf install nftables");
    boolean all = checks.stream().allMatch(check -> check.status() == Status.OK);
    checks.add(
        facts.openFiles() >= OPEN_FILES
            ? new Check("open files", Status.OK, facts.openFiles() + " allowed", "")
            : new Check(
                "open files",
                Status.WARNING,
                facts.openFiles() + " allowed",
                "ulimit -n 65536 before ebb up, for many instances"));
    return new SandboxReport(
        checks, all ? facts.runtimes().stream().findFirst() : Optional.empty());
  }

  private static void add(List<Check> to, String name, boolean well, String found, String cure) {
    to.add(new Check(name, well ? Status.OK : Status.MISSING, found, well ? "" : cure));
  }

  private static boolean has(MachineFacts facts, int capability) {
    return (facts.capabilities() >>> capability & 1) == 1;
  }

  private static boolean isRecent(String kernel) {
    String[] numbers = kernel.split("[^0-9]+");
    if (numbers.length < 2 || numbers[0].isEmpty()) {
      return false;
    }
    int major = Integer.parseInt(numbers[0]);
    return major > KERNEL[0] || (major == KERNEL[0] && Integer.parseInt(numbers[1]) >= KERNEL[1]);
  }
}
