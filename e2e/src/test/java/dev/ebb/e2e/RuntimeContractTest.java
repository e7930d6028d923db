package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The clauses of Knative's runtime contract (knative/specs, `specs/serving/runtime-contract.md`)
/// and of what Kubernetes says of a container's surroundings, one row each: what the program sees
/// of a service that uses all of them.
class RuntimeContractTest {
  private static Platform platform;

  @BeforeAll
  static void start() {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    platform = Platform.start();
    ContractImage.load(platform);
    String resources = Platform.HOME + "/e2e/src/test/resources/runtime-contract.yaml";
    platform.kubectl("apply", "-f", resources).run().orFail();
    platform
        .kubectl("wait", "--for=condition=Ready", "ksvc", "--all", "--timeout=60s")
        .run()
        .orFail();
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static String inside(String script) {
    return ask("contract", script);
  }

  private static String ask(String service, String script) {
    return platform
        .curl(
            "--fail",
            "-H",
            "Host: " + service + ".default.localhost",
            "--data-binary",
            script,
            platform.gateway() + "/cgi-bin/sh")
        .run()
        .orFail()
        .out()
        .strip();
  }

  private static Arguments row(String clause, String script, String answer) {
    return Arguments.of(clause, script, answer);
  }

  static Stream<Arguments> clauses() {
    return Stream.of(
        row("PORT", "e PORT", "7777"),
        row("K_SERVICE", "e K_SERVICE", "contract"),
        row("K_CONFIGURATION", "e K_CONFIGURATION", "contract"),
        row("K_REVISION", "e K_REVISION", "contract-00001"),
        row("the image's environment", "e FROM_IMAGE", "yes"),
        row("the workload's overrides it", "e VALUE", "workload"),
        row("references in values", "e BOTH", "workload+$(VALUE)"),
        row("a Secret's key", "e SECRET", "hidden"),
        row("a ConfigMap's key", "e CONFIG", "told"),
        row("an optional key", "e ABSENT; echo none", "none"),
        row("all keys of a ConfigMap", "e C_key; e C_other", "told\nmore"),
        row("all keys of a Secret", "e S_key; e S_other", "hidden\nunseen"),
        row("field: namespace", "e NAMESPACE", "default"),
        row("field: annotation", "e NOTE", "noted"),
        row("field: name", "test $(e POD) = $(hostname) && echo same", "same"),
        row("field: podIP", "grep -c \"^$(e POD_IP)\" /etc/hosts", "1"),
        row("field: hostIP", "e NODE_IP | grep -cE '^[0-9.]+$'", "1"),
        row("field: limit", "e MEMORY", "128"),
        row("PATH", "e PATH | grep -c /bin", "1"),
        row("command and args", "cat /tmp/args", "zero one"),
        row("workingDir", "cat /tmp/cwd", "/etc"),
        row("a read of stdin is the end", "cat /tmp/stdin", "0"),
        row("stdin is not a terminal", "readlink /proc/1/fd/0", "/dev/null"),
        row("user and group", "id -u; id -g", "1234\n2345"),
        row("no more capabilities", "grep CapEff /proc/1/status", "CapEff:\t0000000000000000"),
        row("no new privileges", "grep NoNewPrivs /proc/1/status", "NoNewPrivs:\t1"),
        row("/tmp can be written", "echo a > /tmp/a && cat /tmp/a", "a"),
        row("/tmp is for all", "stat -c %a /tmp", "1777"),
        row("the root can be written", "df / | grep -c overlay", "1"),
        row("/var/log", "mkdir -p /tmp/l && test ! -e /var/log || test -d /var/log; echo $?", "0"),
        row("hostname", "test \"$(hostname)\" = \"$(cat /etc/hostname)\" && echo same", "same"),
        row("/etc/hosts", "grep -c '^127.0.0.1.*localhost' /etc/hosts", "1"),
        row(
            "/etc/resolv.conf",
            "grep -c \"^search default.svc.cluster.local svc.cluster.local cluster.local\" /etc/resolv.conf",
            "1"),
        row(
            "names of services",
            "nslookup contract.default.svc.cluster.local > /dev/null && echo found",
            "found"),
        row(
            "/dev: default devices",
            "for d in null zero full random urandom tty; do test -c /dev/$d && echo $d; done | wc -l",
            "6"),
        row("/dev/null", "echo a > /dev/null && wc -c < /dev/null", "0"),
        row("/dev/zero", "head -c 3 /dev/zero | wc -c", "3"),
        row("/dev/full", "echo a > /dev/full 2> /dev/null || echo full", "full"),
        row("/dev/urandom", "head -c 3 /dev/urandom | wc -c", "3"),
        row("/dev/console without a terminal", "test -e /dev/console || echo none", "none"),
        row("/dev/fd", "readlink /dev/fd", "/proc/self/fd"),
        row("/dev/stdin", "readlink /dev/stdin", "/proc/self/fd/0"),
        row("/dev/stdout", "readlink /dev/stdout", "/proc/self/fd/1"),
        row("/dev/stderr", "readlink /dev/stderr", "/proc/self/fd/2"),
        row("/dev/ptmx", "readlink /dev/ptmx", "pts/ptmx"),
        row("/dev/shm", "echo a > /dev/shm/a && grep -c ' /dev/shm tmpfs' /proc/mounts", "1"),
        row("/dev/pts", "grep -c ' /dev/pts devpts' /proc/mounts", "1"),
        row("/dev/mqueue", "grep -c ' /dev/mqueue mqueue' /proc/mounts", "1"),
        row("no other devices", "ls /dev | grep -cE '^(sd|vd|nvme|mem|kmsg|fuse)'", "0"),
        row("/proc", "cut -d' ' -f1 /proc/1/stat", "1"),
        row("/proc is the container's", "ls /proc | grep -cE '^[0-9]{5}'", "0"),
        row(
            "/proc/sys is read-only",
            "echo 1 2> /dev/null > /proc/sys/net/ipv4/ip_forward || echo refused",
            "refused"),
        row("/proc: masked", "wc -c < /proc/keys", "0"),
        row("/sys is read-only", "grep -c ' /sys sysfs ro' /proc/mounts", "1"),
        row(
            "control groups are read-only",
            "grep ' /sys/fs/cgroup' /proc/mounts | grep -vc ' ro,'",
            "0"),
        row(
            "memory limit in /sys",
            "cat /sys/fs/cgroup/memory.max 2> /dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes",
            "134217728"),
        row(
            "cpu limit in /sys",
            "cat /sys/fs/cgroup/cpu.max 2> /dev/null || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us | xargs",
            "50000 100000"),
        row("a Secret's files", "cat /secret/deep/key; stat -Lc %a /secret/deep/key", "hidden444"),
        row(
            "files are read-only",
            "echo a 2> /dev/null > /secret/deep/key || echo refused",
            "refused"),
        row("a ConfigMap's files", "cat /config/key /config/other", "toldmore"),
        row("projected files", "cat /all/key /all/other /all/told", "hiddenunseentold"),
        row("projected: downward API", "test $(cat /all/name) = $(hostname) && echo same", "same"),
        row("init containers, in order", "cat /shared/order", "one\ntwo"),
        row("emptyDir can be written", "echo a > /shared/a && cat /shared/a", "a"),
        row("emptyDir in memory", "grep -c ' /memory tmpfs' /proc/mounts", "1"),
        row("emptyDir: its limit", "df -k /memory | awk 'END {print $2}'", "8192"),
        row("emptyDir is shared", "cat /memory/side", "side"),
        row("a claim can be written", "echo a > /claim/a && cat /claim/a", "a"),
        row("containers share a network", "nc 127.0.0.1 9000 < /dev/null", "same as hostname"),
        row(
            "containers have own files",
            "test -e /memory/side && test ! -e /proc/1/root/memory/none && echo own",
            "own"));
  }

  /// The environment is that of the first process; `httpd` adds variables to its children's.
  @ParameterizedTest(name = "{0}")
  @MethodSource("clauses")
  void theProgramSees(String clause, String script, String answer) {
    String said =
        inside("e() { tr '\\0' '\\n' < /proc/1/environ | sed -n \"s/^$1=//p\"; }\n" + script);
    assertThat(said)
        .as(clause)
        .isEqualTo(answer.equals("same as hostname") ? inside("hostname") : answer);
  }

  @Test
  void aRequestInFlightEndsBeforeTheProgramIsAskedTo() {
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(() ->
            ask("ends", "echo > /claim/begun; sleep 1; echo answered >> /claim/story; echo over"));
    awaitAnswer("the request has begun", "contract", "test -e /claim/begun && echo yes", "yes");
    platform.kubectl("delete", "--wait=false", "pod", "-l", label("ends")).run().orFail();

    assertThat(answer.join()).isEqualTo("over");
    awaitAnswer("the story", "contract", "cat /claim/story", "answered\nended");
    assertThat(ask("ends", "echo another one")).isEqualTo("another one");
  }

  @Test
  void whatIsNotReadyGetsNoRequests() {
    List<String> pods = pods("wavers");
    assertThat(pods).hasSize(2);
    await("both answer").untilAsserted(() -> assertThat(hosts()).containsAll(pods));
    String wavering = pods.getFirst();
    exec(wavering, "rm /www/ready");
    await("only the other one is an endpoint")
        .untilAsserted(() -> assertThat(endpoints()).containsExactly(pods.getLast()));
    await("only the other one is asked")
        .untilAsserted(() -> assertThat(hosts()).containsExactly(pods.getLast()));
    exec(wavering, "echo > /www/ready");
    await("both are endpoints")
        .untilAsserted(() -> assertThat(endpoints()).containsExactlyInAnyOrderElementsOf(pods));
    await("both answer again").untilAsserted(() -> assertThat(hosts()).containsAll(pods));
  }

  @Test
  void theLogOfTheRunBeforeIsKept() {
    String pod = pods("crashes").getFirst();
    exec(pod, "killall httpd");
    String restarts = "jsonpath={.status.containerStatuses[0].restartCount}";
    await("a second run")
        .untilAsserted(() ->
            assertThat(platform.kubectl("get", "pod", pod, "-o", restarts).run().out())
                .isEqualTo("1"));
    await("its log").untilAsserted(() -> assertThat(logs(pod)).isEqualTo("run 2"));
    assertThat(logs(pod, "--previous")).isEqualTo("run 1");
    assertThat(ask("crashes", "cat /shared/runs")).isEqualTo("2");
  }

  @Test
  void aPortNamedH2cIsSpokenToInHttp2() {
    assertThat(
            platform
                .curl("--fail", "-H", "Host: over2.default.localhost", platform.gateway())
                .run()
                .orFail()
                .out())
        .isEqualTo("over 2");
  }

  @Test
  void containersOfOnePodSeeEachOtherIfTheyShare() {
    await("both run")
        .untilAsserted(() ->
            assertThat(
                    platform
                        .kubectl(
                            "exec",
                            "shares",
                            "-c",
                            "one",
                            "--",
                            "sh",
                            "-c",
                            "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
                        .run()
                        .out())
                .contains("sleep 1001 ", "sleep 1002 "));
  }

  @Test
  void whoeverDoesNotObeyIsKilledWhenItsTimeIsOver() {
    platform.kubectl("wait", "--for=condition=Ready", "pod/deaf", "--timeout=60s").run().orFail();
    platform.kubectl("delete", "pod", "deaf", "--timeout=25s").run().orFail();
  }

  /// A program that reads gets the end at once, unless it asks for an input that others may attach
  /// to.
  @Test
  void anInputIsOpenOnlyWhereItIsAskedFor() {
    await("one ends, one waits")
        .untilAsserted(() ->
            assertThat(
                    platform
                        .kubectl(
                            "get",
                            "pod",
                            "listens",
                            "-o",
                            "jsonpath={range .status.containerStatuses[*]}{.name}"
                                + " {.state.running.startedAt}{.state.terminated.reason}{\"\\n\"}{end}")
                        .run()
                        .out())
                .containsPattern("closed Completed\n")
                .containsPattern("open [0-9]{4}-"));
    assertThat(logs("listens", "-c", "closed")).isEqualTo("heard");
    platform.kubectl("attach", "-i", "listens", "-c", "open").run("a word\n").orFail();
    await("what it heard")
        .untilAsserted(() -> assertThat(logs("listens", "-c", "open")).isEqualTo("heard a word"));
  }

  private static void awaitAnswer(String what, String service, String script, String answer) {
    await(what)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(ask(service, script)).isEqualTo(answer));
  }

  private static String label(String service) {
    return "serving.knative.dev/service=" + service;
  }

  private static List<String> pods(String service) {
    return words("get", "pods", "-l", label(service), "-o", "jsonpath={.items[*].metadata.name}");
  }

  private static List<String> endpoints() {
    return words(
        "get",
        "endpoints",
        "wavers-00001",
        "-o",
        "jsonpath={.subsets[*].addresses[*].targetRef.name}");
  }

  private static List<String> words(String... kubectl) {
    return List.of(platform.kubectl(kubectl).run().orFail().out().strip().split(" "));
  }

  /// Who answers twenty requests.
  private static Set<String> hosts() {
    return Stream.generate(() -> ask("wavers", "hostname")).limit(20).collect(Collectors.toSet());
  }

  private static void exec(String pod, String script) {
    platform.kubectl("exec", pod, "--", "sh", "-c", script).run().orFail();
  }

  private static String logs(String pod, String... more) {
    return platform.kubectl("logs", pod).with(more).run().out().strip();
  }
}
