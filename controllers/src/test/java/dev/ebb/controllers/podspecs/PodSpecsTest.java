package dev.ebb.controllers.podspecs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Container.Port;
import dev.ebb.dataplane.Container.PullPolicy;
import dev.ebb.dataplane.Container.ResourceLimits;
import dev.ebb.dataplane.Container.VolumeMount;
import dev.ebb.dataplane.ContainerSecurity;
import dev.ebb.dataplane.ContainerSecurity.SeccompProfile;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.EnvironmentVariable.PodField;
import dev.ebb.dataplane.EnvironmentVariable.ResourceField;
import dev.ebb.dataplane.PodSecurity;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.PodSpec.RestartPolicy;
import dev.ebb.dataplane.Probe;
import dev.ebb.dataplane.StandardInput;
import dev.ebb.dataplane.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PodSpecsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void aPodIsTakenAsItIs() {
    PodSpec pod =
        pod(
            """
            {"restartPolicy": "OnFailure", "serviceAccountName": "robot", "hostname": "box",
             "automountServiceAccountToken": false, "shareProcessNamespace": true,
             "imagePullSecrets": [{"name": "key"}],
             "hostAliases": [{"ip": "10.1.2.3", "hostnames": ["db", "db.local"]}],
             "securityContext": {"runAsUser": 5, "runAsGroup": 6, "runAsNonRoot": true,
               "fsGroup": 7, "supplementalGroups": [8, 9],
               "sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]},
             "initContainers": [
               {"name": "first", "image": "a"},
               {"name": "beside", "image": "b", "restartPolicy": "Always"}],
             "containers": [{"name": "one", "image": "c"},
               {"name": "two", "image": "d", "ports": [{"containerPort": 80}]}]}
            """);

    assertThat(pod.initContainers())
        .containsExactly(Container.of("first", "a"), sidecar(Container.of("beside", "b")));
    assertThat(pod.containers()).extracting(Container::name).containsExactly("one", "two");
    assertThat(pod.containers().getFirst()).isEqualTo(Container.of("one", "c"));
    assertThat(pod.restartPolicy()).isEqualTo(RestartPolicy.ON_FAILURE);
    assertThat(pod.serviceAccount()).isEqualTo("robot");
    assertThat(pod.automountServiceAccountToken()).contains(false);
    assertThat(pod.shareProcessNamespace()).isTrue();
    assertThat(pod.hostname()).isEqualTo("box");
    assertThat(pod.imagePullSecrets()).containsExactly("key");
    assertThat(pod.hostAliases())
        .containsExactly(new PodSpec.HostAlias("10.1.2.3", List.of("db", "db.local")));
    assertThat(pod.labels()).containsExactly(Map.entry("app", "x"));
    assertThat(pod.annotations()).containsExactly(Map.entry("note", "y"));
    assertThat(pod.security())
        .isEqualTo(
            new PodSecurity(
                OptionalLong.of(5),
                OptionalLong.of(6),
                true,
                OptionalLong.of(7),
                List.of(8L, 9L),
                Map.of("net.ipv4.tcp_syncookies", "1")));
  }

  @Test
  void whatAPodDoesNotSayIsTheDefault() {
    assertThat(
            PodSpecs.ofPod(
                json("{\"containers\": [{\"name\": \"a\", \"image\": \"b\"}]}"),
                Map.of(),
                Map.of()))
        .isEqualTo(PodSpec.of(Container.of("a", "b")));
  }

  @Test
  void aContainerIsTakenAsItIs() {
    Container container =
        container(
            """
            {"name": "a", "image": "b", "imagePullPolicy": "Always",
             "terminationMessagePath": "/tmp/words",
             "terminationMessagePolicy": "FallbackToLogsOnError",
             "command": ["run"], "args": ["-v", "1"], "workingDir": "/w", "stdin": true, "tty": true,
             "ports": [{"name": "h2c", "containerPort": 80},
                       {"containerPort": 53, "protocol": "UDP"}],
             "resources": {"limits": {"memory": "64Mi", "cpu": "1500m"},
                           "requests": {"memory": "32Mi"}},
             "volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "s", "readOnly": true}],
             "securityContext": {"runAsUser": 1, "runAsGroup": 2, "runAsNonRoot": false,
               "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": true,
               "capabilities": {"add": ["NET_BIND_SERVICE", "cap_chown"], "drop": ["ALL"]},
               "seccompProfile": {"type": "Unconfined"}}}
            """);

    assertThat(container)
        .isEqualTo(
            new Container(
                "a",
                "b",
                PullPolicy.ALWAYS,
                List.of("run"),
                List.of("-v", "1"),
                "/w",
                List.of(),
                List.of(new Port("h2c", 80, "TCP"), new Port("", 53, "UDP")),
                new ResourceLimits(
                    OptionalLong.of(64 << 20),
                    OptionalInt.of(1500),
                    OptionalLong.of(32 << 20),
                    OptionalInt.of(1500)),
                List.of(new VolumeMount("v", "/v", "s", true)),
                Container.Probes.NONE,
                Container.Lifecycle.NONE,
                new Container.TerminationMessage("/tmp/words", Optional.of(true)),
                new ContainerSecurity(
                    OptionalLong.of(1),
                    OptionalLong.of(2),
                    Optional.of(false),
                    true,
                    true,
                    false,
                    List.of("NET_BIND_SERVICE", "CHOWN"),
                    List.of("ALL"),
                    SeccompProfile.UNCONFINED),
                false,
                StandardInput.OPEN,
                true));
  }

  @Test
  void theProfileOfThePodIsThatOfItsContainersThatSayNone() {
    PodSpec pod =
        pod(
            """
            {"securityContext": {"seccompProfile": {"type": "Unconfined"}},
             "containers": [{"name": "a", "image": "a"}, {"name": "b", "image": "b",
               "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}]}
            """);
    assertThat(pod.containers())
        .extracting(container -> container.security().seccomp())
        .containsExactly(SeccompProfile.UNCONFINED, SeccompProfile.RUNTIME_DEFAULT);
  }

  static Stream<Arguments> environments() {
    return Stream.of(
        Arguments.of(
            "{\"env\": [{\"name\": \"A\", \"value\": \"b\"}]}",
            new EnvironmentVariable.Value("A", "b")),
        Arguments.of("{\"env\": [{\"name\": \"A\"}]}", new EnvironmentVariable.Value("A", "")),
        Arguments.of(
            env("{\"secretKeyRef\": {\"name\": \"s\", \"key\": \"k\"}}"),
            new EnvironmentVariable.SecretKey("A", "s", "k", false)),
        Arguments.of(
            env("{\"configMapKeyRef\": {\"name\": \"c\", \"key\": \"k\", \"optional\": true}}"),
            new EnvironmentVariable.ConfigMapKey("A", "c", "k", true)),
        Arguments.of(
            env("{\"fieldRef\": {\"fieldPath\": \"status.podIP\"}}"),
            new PodField("A", "status.podIP")),
        Arguments.of(
            env("{\"resourceFieldRef\": {\"resource\": \"limits.memory\", \"divisor\": \"1Mi\"}}"),
            new ResourceField("A", "", "limits.memory", "1Mi")),
        Arguments.of(
            env(
                "{\"resourceFieldRef\": {\"resource\": \"requests.cpu\", \"containerName\": \"x\","
                    + " \"divisor\": \"0\"}}"),
            new ResourceField("A", "x", "requests.cpu", "")),
        Arguments.of(
            "{\"envFrom\": [{\"prefix\": \"P_\", \"secretRef\": {\"name\": \"s\"}}]}",
            new EnvironmentVariable.AllOfSecret("P_", "s", false)),
        Arguments.of(
            "{\"envFrom\": [{\"configMapRef\": {\"name\": \"c\", \"optional\": true}}]}",
            new EnvironmentVariable.AllOfConfigMap("", "c", true)));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void variablesHaveAllTheirSources(String container, EnvironmentVariable expected) {
    assertThat(container(container).environment()).containsExactly(expected);
  }

  @Test
  void aVariableWinsOverOneFromASource() {
    assertThat(
            container(
                    """
                    {"env": [{"name": "A", "value": "1"}],
                     "envFrom": [{"configMapRef": {"name": "c"}}]}
                    """)
                .environment())
        .extracting(variable -> variable.getClass().getSimpleName())
        .containsExactly("AllOfConfigMap", "Value");
  }

  static Stream<Arguments> actions() {
    return Stream.of(
        Arguments.of(
            "{\"exec\": {\"command\": [\"a\", \"b\"]}}", new Probe.Exec(List.of("a", "b"))),
        Arguments.of(
            "{\"httpGet\": {\"port\": 80}}", new Probe.HttpGet("HTTP", "", 80, "/", List.of())),
        Arguments.of(
            "{\"httpGet\": {\"port\": \"web\", \"path\": \"ok\", \"scheme\": \"HTTPS\", \"host\":"
                + " \"h\", \"httpHeaders\": [{\"name\": \"X\", \"value\": \"y\"}]}}",
            new Probe.HttpGet("HTTPS", "h", 8081, "/ok", List.of(new Probe.Header("X", "y")))),
        Arguments.of("{\"tcpSocket\": {\"port\": 0}}", new Probe.TcpSocket("", 0)),
        Arguments.of("{\"tcpSocket\": {\"port\": \"9\"}}", new Probe.TcpSocket("", 9)),
        Arguments.of("{\"tcpSocket\": {\"port\": \"nobody\"}}", new Probe.TcpSocket("", 0)),
        Arguments.of("{\"grpc\": {\"port\": 5}}", new Probe.Grpc(5, "")),
        Arguments.of("{\"grpc\": {\"service\": \"s\"}}", new Probe.Grpc(0, "s")),
        Arguments.of("{\"sleep\": {\"seconds\": 3}}", new Probe.Sleep(Duration.ofSeconds(3))));
  }

  @ParameterizedTest
  @MethodSource("actions")
  void probesAndHooksDoWhatTheySay(String handler, Probe.Action expected) {
    Container container =
        container(
            """
            {"ports": [{"name": "web", "containerPort": 8081}],
             "livenessProbe": %1$s, "lifecycle": {"preStop": %1$s}}
            """
                .formatted(handler));
    assertThat(container.probes().liveness().map(Probe::action)).contains(expected);
    assertThat(container.lifecycle().preStop()).contains(expected);
    assertThat(container.lifecycle().postStart()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          readinessProbe | {"tcpSocket": {"port": 0}, "successThreshold": 1}          | 0 PT0S  PT1S 1 3
          readinessProbe | {"tcpSocket": {"port": 0}, "periodSeconds": 10, "timeoutSeconds": 2, "failureThreshold": 5, "successThreshold": 4, "initialDelaySeconds": 7} | 7 PT10S PT2S 4 5
          livenessProbe  | {"tcpSocket": {"port": 0}}                                 | 0 PT10S PT1S 1 3
          startupProbe   | {"tcpSocket": {"port": 0}, "periodSeconds": 1}             | 0 PT1S  PT1S 1 3
          """)
  void probesHaveTheDefaultsOfKnative(String field, String json, String expected) {
    Container.Probes probes = container("{\"%s\": %s}".formatted(field, json)).probes();
    Probe probe = probes.startup().or(probes::readiness).or(probes::liveness).orElseThrow();
    assertThat(
            "%d %s %s %d %d"
                .formatted(
                    probe.initialDelay().toSeconds(),
                    probe.period(),
                    probe.timeout(),
                    probe.successThreshold(),
                    probe.failureThreshold()))
        .isEqualTo(expected.replaceAll(" +", " "));
  }

  static Stream<Arguments> volumes() {
    return Stream.of(
        Arguments.of(
            "{\"secret\": {\"secretName\": \"s\", \"defaultMode\": 256, \"optional\": true,"
                + " \"items\": [{\"key\": \"k\", \"path\": \"p\", \"mode\": 292}]}}",
            new Volume.Projected(
                List.of(
                    new Volume.Secret(
                        "s", List.of(new Volume.Item("k", "p", OptionalInt.of(0444))), true)),
                0400)),
        Arguments.of(
            "{\"configMap\": {\"name\": \"c\"}}",
            new Volume.Projected(List.of(new Volume.ConfigMap("c", List.of(), false)), 0644)),
        Arguments.of(
            "{\"downwardAPI\": {\"items\": [{\"path\": \"l\", \"fieldRef\": {\"fieldPath\":"
                + " \"metadata.labels\"}}, {\"path\": \"m\", \"resourceFieldRef\":"
                + " {\"containerName\": \"x\", \"resource\": \"limits.cpu\"}}]}}",
            new Volume.Projected(
                List.of(
                    new Volume.DownwardApi(
                        List.of(
                            new Volume.FieldFile(
                                "l", new PodField("", "metadata.labels"), OptionalInt.empty()),
                            new Volume.FieldFile(
                                "m",
                                new ResourceField("", "x", "limits.cpu", ""),
                                OptionalInt.empty())))),
                0644)),
        Arguments.of(
            "{\"projected\": {\"sources\": [{\"serviceAccountToken\": {\"path\": \"t\","
                + " \"audience\": \"a\"}}, {\"secret\": {\"name\": \"s\"}}]}}",
            new Volume.Projected(
                List.of(
                    new Volume.ServiceAccountToken("a", Duration.ofHours(1), "t"),
                    new Volume.Secret("s", List.of(), false)),
                0644)),
        Arguments.of("{\"emptyDir\": {}}", new Volume.EmptyDir(false, OptionalLong.empty())),
        Arguments.of(
            "{\"emptyDir\": {\"medium\": \"Memory\", \"sizeLimit\": \"1Mi\"}}",
            new Volume.EmptyDir(true, OptionalLong.of(1 << 20))),
        Arguments.of(
            "{\"hostPath\": {\"path\": \"/srv\", \"type\": \"Directory\"}}",
            new Volume.HostPath("/srv", "Directory")),
        Arguments.of(
            "{\"persistentVolumeClaim\": {\"claimName\": \"d\", \"readOnly\": true}}",
            new Volume.PersistentVolumeClaim("d", true)));
  }

  @ParameterizedTest
  @MethodSource("volumes")
  void volumesHaveAllSourcesThatANodeCanMake(String source, Volume.Source expected) {
    String volume = "{\"name\": \"v\", " + source.substring(1);
    PodSpec pod = pod("{\"volumes\": [%s], \"containers\": [{\"name\": \"a\"}]}".formatted(volume));
    assertThat(pod.volumes()).containsExactly(new Volume("v", expected));
    assertThat(UnsupportedFields.of(json("{\"volumes\": [%s]}".formatted(volume)))).isEmpty();
  }

  @Test
  void theContainerOfARevisionThatHasAPortComesFirst() {
    PodSpec pod =
        revision(
            """
            {"initContainers": [{"name": "i", "image": "init"}],
             "containers": [{"name": "side", "image": "s"},
               {"name": "main", "image": "m", "ports": [{"name": "h2c", "containerPort": 9}]}]}
            """);
    assertThat(pod.containers()).extracting(Container::name).containsExactly("main", "side");
    assertThat(pod.containers()).extracting(Container::image).containsExactly("m@1", "s@1");
    assertThat(pod.initContainers()).extracting(Container::image).containsExactly("init@1");
    assertThat(pod.containers().getFirst().ports()).containsExactly(new Port("h2c", 9, "TCP"));
    assertThat(pod.containers().getLast().ports()).isEmpty();
  }

  @Test
  void anImageWithoutAPortListensOn8080AndAFunctionWhereItsRuntimeSays() {
    assertThat(revision("{\"containers\": [{\"image\": \"m\"}]}").containers().getFirst().port())
        .isEqualTo(8080);
    String function = "function.ebb.dev/default/f@sha256:" + "a".repeat(64);
    JsonNode spec = json("{\"containers\": [{\"image\": \"%s\"}]}".formatted(function));
    Container container =
        PodSpecs.ofRevision(spec, image -> image, Map.of(), Map.of()).containers().getFirst();
    assertThat(container.port()).isZero();
    assertThat(container.name()).isEqualTo("user-container");
  }

  private static String env(String from) {
    return "{\"env\": [{\"name\": \"A\", \"valueFrom\": %s}]}".formatted(from);
  }

  private static Container sidecar(Container container) {
    return container.edit().restartAlways().build();
  }

  private static Container container(String json) {
    return pod("{\"containers\": [%s]}".formatted(json)).containers().getFirst();
  }

  private static PodSpec pod(String spec) {
    return PodSpecs.ofPod(json(spec), Map.of("app", "x"), Map.of("note", "y"));
  }

  private static PodSpec revision(String spec) {
    return PodSpecs.ofRevision(json(spec), image -> image + "@1", Map.of(), Map.of());
  }

  private static JsonNode json(String text) {
    return JSON.readTree(text);
  }
}
