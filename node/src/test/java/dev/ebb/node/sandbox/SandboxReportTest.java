package dev.ebb.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxReportTest {
  private static final List<String> HYBRID =
      List.of(
          "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
          "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
          "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
          "39 31 0:36 / /sys/fs/cgroup/pids rw shared:9 - cgroup cgroup rw,pids",
          "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw");

  private static MachineFacts facts(String without) {
    return new MachineFacts(
        !without.equals("user"),
        without.equals("capabilities") ? 0 : -1,
        without.equals("kernel") ? "5.4.0-150-generic" : "6.18.44",
        without.equals("runtime")
            ? List.of()
            : List.of(
                new OciRuntime(
                    OciRuntime.Kind.CRUN, Path.of("/usr/bin/crun"), "crun version 1.8.1")),
        without.equals("cgroups") ? HYBRID.subList(0, 3) : HYBRID,
        without.equals("user namespaces") ? 0 : 1000,
        without.equals("seccomp") ? "" : "kill_process kill_thread trap errno trace log allow",
        without.equals("overlayfs") ? "nodev\tproc\n" : "nodev\tproc\nnodev\toverlay\n",
        without.equals("nftables") ? Optional.empty() : Optional.of(Path.of("/usr/sbin/nft")),
        without.equals("open files") ? 1024 : 65536);
  }

  @Test
  void aMachineThatHasEverythingRunsContainers() {
    var report = SandboxReport.of(facts(""));
    assertThat(report.runtime().orElseThrow().program()).isEqualTo(Path.of("/usr/bin/crun"));
    assertThat(report.checks()).allMatch(check -> check.status() == SandboxReport.Status.OK);
    assertThat(report.missing()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "kernel, 5.4.0-150-generic, Linux 5.12",
    "user, not root, sudo",
    "capabilities, no SYS_ADMIN, outside",
    "runtime, neither crun nor runc, apt-get install crun",
    "cgroups, 'no controllers memory, pids', mount",
    "user namespaces, 0 allowed, sysctl",
    "seccomp, no filters in the kernel, CONFIG_SECCOMP_FILTER",
    "overlayfs, not in the kernel, modprobe overlay",
    "nftables, not on the PATH, apt-get install nftables"
  })
  void namesWhatIsMissingAndItsCure(String name, String found, String cure) {
    var report = SandboxReport.of(facts(name));
    assertThat(report.containers()).isFalse();
    if (!name.equals("cgroups")) {
      assertThat(report.missing()).startsWith(name + ": " + found).contains(cure);
    } else {
      assertThat(report.missing()).startsWith("cgroups: no controllers");
    }
  }

  @Test
  void aLowLimitIsAWarning() {
    var report = SandboxReport.of(facts("open files"));
    assertThat(report.containers()).isTrue();
    assertThat(report.checks().getLast().status()).isEqualTo(SandboxReport.Status.WARNING);
  }

  @Test
  void findsTheControllersWhereverTheyAreMounted() {
    var found = Cgroups.find("owner", HYBRID).cgroups().orElseThrow();
    assertThat(found.mode()).isEqualTo(Cgroups.Mode.HYBRID);
    assertThat(found.controllers())
        .isEqualTo(
            Map.of(
                "cpu", Path.of("/sys/fs/cgroup/cpu,cpuacct/owner"),
                "cpuacct", Path.of("/sys/fs/cgroup/cpu,cpuacct/owner"),
                "memory", Path.of("/sys/fs/cgroup/memory/owner"),
                "pids", Path.of("/sys/fs/cgroup/pids/owner")));
    assertThat(found.cover()).containsExactly(Path.of("/sys/fs/cgroup/unified"));
    assertThat(Cgroups.find("owner", HYBRID.subList(0, 4)).cgroups().orElseThrow().mode())
        .isEqualTo(Cgroups.Mode.V1);
  }

  @Test
  void findsTheUnifiedHierarchy(@org.junit.jupiter.api.io.TempDir Path root)
      throws java.io.IOException {
    var mount = List.of("30 23 0:26 / %s rw - cgroup2 cgroup2 rw".formatted(root));
    java.nio.file.Files.writeString(
        root.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
    var found = Cgroups.find("owner", mount).cgroups().orElseThrow();
    assertThat(found.mode()).isEqualTo(Cgroups.Mode.V2);
    assertThat(found.parents()).containsExactly(root.resolve("owner"));
    java.nio.file.Files.writeString(root.resolve("cgroup.controllers"), "cpu\n");
    assertThat(Cgroups.find("owner", mount).missing()).containsExactly("memory", "pids");
  }

  @ParameterizedTest
  @CsvSource({"0, 2, 1", "1000, 1024, 39", "250, 256, 10", "1000000, 262144, 10000"})
  void sharesAreThoseOfTheKubelet(int millis, long shares, long weight) {
    var resources =
        new Resources(
            java.util.OptionalLong.empty(),
            java.util.OptionalInt.empty(),
            java.util.OptionalInt.of(millis),
            java.util.OptionalInt.empty());
    assertThat(CpuShares.shares(resources)).isEqualTo(shares);
    assertThat(CpuShares.weight(resources)).isEqualTo(weight);
  }

  @ParameterizedTest
  @CsvSource({"500, 50000", "1500, 150000", "1, 1000"})
  void aQuotaIsAShareOfTheKernelsPeriod(int millis, long micros) {
    assertThat(CpuShares.quotaMicros(millis)).isEqualTo(micros);
  }
}
