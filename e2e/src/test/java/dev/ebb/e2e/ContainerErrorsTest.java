package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What users are told of a container that does not run, in Knative's and the kubelet's words: one
/// row for each reason, as a Knative Service and as a Pod.
///
/// Services tell it within two seconds. Both moments are on record, so that a slow machine that
/// looks late proves nothing: the event's at the registry, in the Pod, or in what the program said
/// itself; the other in the condition.
class ContainerErrorsTest {
  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: %1$s}
      spec:
        template:
          spec:
            containers:
            - name: user-container
              image: %2$s
              %3$s
      ---
      """;
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %1$s}
      spec:
        terminationGracePeriodSeconds: 0
        containers:
        - name: main
          image: %2$s
          %3$s
      ---
      """;
  private static final String OURS = ContractImage.NAME;

  /// First the one, and the other when it is tried again.
  private static final String PULL = "(ErrImagePull|ImagePullBackOff) ";

  /// What `date +%s` says.
  private static final String SECONDS = "(?<at>[0-9]{10})";

  /// Two seconds on a machine with nothing else to do; this one runs other tests. Every backoff is
  /// longer.
  private static final Duration PROMPT = Duration.ofSeconds(8);

  private static Platform platform;
  private static BrokenRegistry registry;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    registry = new BrokenRegistry();
    platform = Platform.start();
    ContractImage.load(platform);
    StringBuilder all = new StringBuilder();
    services().forEach(row -> all.append(text(SERVICE, row)));
    pods().forEach(row -> all.append(text(POD, row)));
    platform.write("all.yaml", all.toString());
    platform.kubectl("apply", "-f", "all.yaml").run().orFail();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  private static String text(String template, Arguments row) {
    Object[] words = row.get();
    return template.formatted(
        words[0], words[1].toString().replace("REGISTRY", registry.name()), words[2]);
  }

  private static Arguments row(String name, String image, String more, String told) {
    return Arguments.of(name, image, more, told);
  }

  private static String shell(String script) {
    return "command: [sh, -c, '%s']".formatted(script);
  }

  static Stream<Arguments> services() {
    return Stream.of(
        row(
            "image-not-found",
            "REGISTRY/gone:v1",
            "",
            "False ContainerMissing Unable to fetch image \"REGISTRY/gone:v1\": failed to resolve"
                + " image to digest: .*(not found|manifest unknown).*"),
        row(
            "no-permission",
            "REGISTRY/closed:v1",
            "",
            "False ContainerMissing Unable to fetch image \"REGISTRY/closed:v1\": failed to resolve"
                + " image to digest: .*pull access denied by .*"),
        row(
            "digest-mismatch",
            "REGISTRY/torn:v1",
            "",
            "False ErrImagePull Failed to pull image \"REGISTRY/torn@sha256:.*digest.*"),
        row(
            "wrong-architecture",
            "REGISTRY/arm:v1",
            "",
            "False (ErrImagePull|ContainerMissing) .*REGISTRY/arm.*linux/a.*"),
        row(
            "command-missing",
            OURS,
            "command: [/bin/nothing]",
            "False RunContainerError .*/bin/nothing.*"),
        row(
            "exits",
            OURS,
            shell("echo boom $(date +%s); exit 7"),
            "False ExitCode7 Container failed with: boom " + SECONDS + " \\(exit code 7\\)"),
        row(
            "exits-without-a-word",
            OURS,
            shell("exit 0"),
            "False ExitCode0 Container failed with: container exited with no error"),
        row(
            "secret-missing",
            OURS,
            "command: [id]\n        envFrom: [{secretRef: {name: nobodys}}]",
            "False CreateContainerConfigError secret \"nobodys\" not found"),
        row(
            "account-missing",
            OURS,
            "command: [id]\n      serviceAccountName: nobody",
            "False FailedCreate pods \"account-missing-00001-deployment-\" is forbidden: error looking"
                + " up service account default/nobody: serviceaccount \"nobody\" not found"),
        row(
            "wrong-port",
            OURS,
            shell("trap exit TERM; httpd -f -p 9999 & wait"),
            "Unknown Deploying Readiness probe failed: .*the program listens on port 9999, not on"
                + " 8080"),
        row(
            "no-port",
            OURS,
            shell("trap exit TERM; sleep 1000 & wait"),
            "Unknown Deploying Readiness probe failed: dial tcp [0-9.]+:8080: connect: connection"
                + " refused"),
        row(
            "too-much-memory",
            OURS,
            shell("date +%s; exec tail /dev/zero")
                + "\n        resources: {limits: {memory: 16Mi}}",
            "False ExitCode137 Container failed with: "
                + SECONDS
                + "; OOMKilled, it used more memory than its limit.*"));
  }

  /// What the condition `Ready` says.
  private record Told(String words, Instant at) {
    static Told of(String kind, String name) {
      String path =
          Stream.of("lastTransitionTime", "status", "reason", "message")
              .map(field -> "{.status.conditions[?(@.type==\"Ready\")]." + field + "}")
              .collect(Collectors.joining(" "));
      String[] parts = get(kind, name, path).split(" ", 2);
      assertThat(parts).as("%s %s has a condition Ready", kind, name).hasSize(2);
      return new Told(parts[1], Instant.parse(parts[0]));
    }
  }

  /// In the conditions of the Revision, from where Configuration and Service have them.
  @ParameterizedTest(name = "{0}")
  @MethodSource("services")
  void aServiceTells(String name, String image, String more, String told) {
    Pattern pattern = Pattern.compile("(?s)" + told.replace("REGISTRY", registry.name()));
    String status = told.substring(0, told.indexOf(' '));
    String words = told.split(" ", 3)[2];
    Pattern passedOn =
        Pattern.compile(
            "(?s)%s .*%s\\."
                .formatted(
                    status.equals("False")
                        ? "False RevisionFailed Revision \"%s-00001\" failed with message:"
                            .formatted(name)
                        : "Unknown Deploying Configuration \"%s\" is waiting for a Revision to become ready:"
                            .formatted(name),
                    words.replace("REGISTRY", registry.name())));
    isToldInTime("revision", name + "-00001", pattern, image);
    isToldInTime("ksvc", name, passedOn, image);
  }

  private static void isToldInTime(String kind, String name, Pattern pattern, String image) {
    List<Told> seen = new ArrayList<>();
    await(kind + " " + name)
        .untilAsserted(() -> {
          seen.add(Told.of(kind, name));
          assertThat(seen.getLast().words()).matches(pattern);
        });
    Told told = seen.getLast();
    Matcher matcher = pattern.matcher(told.words());
    assertThat(matcher.matches()).isTrue();
    event(matcher, image, name)
        .ifPresent(event ->
            assertThat(Duration.between(event.truncatedTo(ChronoUnit.SECONDS), told.at()))
                .as("%s %s, seconds from the event to the condition", kind, name)
                .isLessThanOrEqualTo(PROMPT));
  }

  /// When it happened; empty where nothing but the node itself knows that.
  private static Optional<Instant> event(Matcher told, String image, String name) {
    if (image.startsWith("REGISTRY/")) {
      return Optional.of(
          registry.answered(image.substring(image.indexOf('/') + 1, image.indexOf(':'))));
    }
    if (told.namedGroups().containsKey("at")) {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(told.group("at"))));
    }
    if (told.group().startsWith("Unknown")) {
      String started =
          platform
              .kubectl(
                  "get",
                  "pods",
                  "-l",
                  "serving.knative.dev/service=" + name.replaceFirst("-00001$", ""),
                  "-o",
                  "jsonpath={.items[0].status.containerStatuses[0].state.running.startedAt}")
              .run()
              .out()
              .strip();
      return Optional.of(Instant.parse(started));
    }
    return Optional.empty();
  }

  private static String get(String kind, String name, String path) {
    return platform.kubectl("get", kind, name, "-o", "jsonpath=" + path).run().out().strip();
  }

  static Stream<Arguments> pods() {
    return Stream.of(
        row(
            "p-not-found",
            "REGISTRY/pods/gone:v1",
            "",
            PULL + ".*REGISTRY/pods/gone:v1: not found.*"),
        row("p-no-permission", "REGISTRY/pods/closed:v1", "", PULL + ".*pull access denied by .*"),
        row(
            "p-mismatch",
            "REGISTRY/pods/torn:v1",
            "",
            PULL + ".*the content's digest is .*, not .* as promised"),
        row(
            "p-architecture",
            "REGISTRY/pods/arm:v1",
            "",
            PULL + ".*no matching manifest for linux/a.*"),
        row(
            "p-policy",
            "example.com/none:v1",
            "imagePullPolicy: Never",
            "ErrImageNeverPull Container image \"example.com/none:v1\" is not present with pull"
                + " policy of Never"),
        row(
            "p-config",
            OURS,
            "command: [id]\n    envFrom: [{secretRef: {name: nobodys}}]",
            "CreateContainerConfigError secret \"nobodys\" not found .*"),
        row("p-command", OURS, "command: [/bin/nothing]", "RunContainerError .*/bin/nothing.*"),
        row(
            "p-exits",
            OURS,
            shell("echo boom; exit 7") + "\n    terminationMessagePolicy: FallbackToLogsOnError",
            "CrashLoopBackOff back-off [0-9ms]+ restarting failed container=main pod=p-exits.*"
                + "\"exitCode\":7.*\"message\":\"boom\".*"),
        row(
            "p-memory",
            OURS,
            shell("exec tail /dev/zero") + "\n    resources: {limits: {memory: 16Mi}}",
            "CrashLoopBackOff .*\"exitCode\":137.*\"reason\":\"OOMKilled\".*"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pods")
  void aPodTells(String name, String image, String more, String told) {
    String at = ".status.containerStatuses[0]";
    await(name)
        .untilAsserted(() ->
            assertThat(
                    get(
                        "pod",
                        name,
                        "{%1$s.state.waiting.reason} {%1$s.state.waiting.message} {%1$s.lastState}"
                            .formatted(at)))
                .matches("(?s)" + told.replace("REGISTRY", registry.name()) + "( \\{})?"));
  }
}
