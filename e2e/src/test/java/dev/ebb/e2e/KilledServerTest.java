package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Containers of a server that is killed: they serve on, the next server has them, a server beside
/// it does them no harm, and at the end nothing is left of any.
class KilledServerTest {

  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: image}
      spec:
        template:
          metadata: {annotations: {autoscaling.knative.dev/min-scale: "2"}}
          spec:
            containers:
            - image: example.com/contract:v1
              command: [sh, -c, 'trap exit TERM; httpd -f -p "$PORT" -h /www & wait']
              volumeMounts: [{name: memory, mountPath: /memory}]
            volumes: [{name: memory, emptyDir: {medium: Memory}}]
      """;

  private static final String FUNCTION =
      "import uuid\nprocess = str(uuid.uuid4())\ndef main():\n    return process\n";

  @BeforeAll
  static void rootOnly() {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
  }

  /// Two instances of an image and one of a function.
  private static Platform serving() {
    Platform platform = Platform.start();
    try {
      ContractImage.load(platform);
      platform.write("image.yaml", SERVICE);
      platform.write("who.py", FUNCTION);
      platform.kubectl("apply", "-f", "image.yaml").run().orFail();
      platform.ebb("deploy", "who.py", "--scale-min", "1").run().orFail();
      platform
          .kubectl("wait", "--for=condition=Ready", "ksvc/image", "ksvc/who", "--timeout=60s")
          .run()
          .orFail();
      Awaitility.await().until(() -> instances(platform).size() == 3);
      return platform;
    } catch (RuntimeException | Error e) {
      platform.close();
      throw e;
    }
  }

  /// What tells an instance from every other, by the name of its Pod: the process, its start, how
  /// often it was started, and its address.
  private static Map<String, String> instances(Platform platform) {
    Map<String, String> instances = new TreeMap<>();
    String out = platform.kubectl("get", "pods", "-o", "json").run().orFail().out();
    for (JsonNode pod : new JsonMapper().readTree(out).path("items")) {
      JsonNode container = pod.at("/status/containerStatuses/0");
      if (container.path("ready").asBoolean()) {
        instances.put(
            pod.at("/metadata/name").asString(),
            "%s %s %s %s"
                .formatted(
                    container.path("containerID").asString(),
                    container.at("/state/running/startedAt").asString(),
                    container.path("restartCount").asInt(),
                    pod.at("/status/podIP").asString()));
      }
    }
    return instances;
  }

  /// As the instances of the image answer on their own addresses, without a server.
  private static List<String> directly(Platform platform, Map<String, String> instances) {
    List<String> answers = new ArrayList<>();
    instances.forEach((pod, instance) -> {
      if (pod.startsWith("image-")) {
        String address = instance.substring(instance.lastIndexOf(' ') + 1);
        answers.add(platform.curl("http://" + address + ":8080/").run().orFail().out());
      }
    });
    return answers;
  }

  private static String image(Platform platform) {
    String url =
        platform.kubectl("get", "ksvc", "image", "-o", "jsonpath={.status.url}").run().out();
    String host = URI.create(url).getHost();
    return platform.curl("--fail", "-H", "Host: " + host, platform.gateway()).run().orFail().out();
  }

  private static String who(Platform platform) {
    return platform.ebb("invoke", "who").run().orFail().out();
  }

  private static double starts(Platform platform) {
    return platform
        .curl(platform.metricsUrl() + "/metrics")
        .run()
        .orFail()
        .out()
        .lines()
        .filter(line -> line.startsWith("ebb_node_starts_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// Of containers, without the server that is among the processes.
  private static List<String> processes(Platform platform, Belongings belongings) {
    return belongings.find().getOrDefault(Belongings.Kind.PROCESS, Set.of()).stream()
        .filter(process -> !process.startsWith(platform.pid() + " "))
        .toList();
  }

  @Test
  void nextServersHarmNothingAndLeaveNothing() {
    try (Platform platform = serving()) {
      Belongings belongings = new Belongings(platform.dataDirectory());
      Map<String, String> before = instances(platform);
      String function = who(platform);
      assertThat(starts(platform)).isGreaterThanOrEqualTo(3);

      platform.kill();
      Map<Belongings.Kind, Set<String>> left = belongings.find();
      anotherServerComesAndGoes();
      assertThat(belongings.find()).isEqualTo(left);
      assertThat(directly(platform, before)).containsOnly("from the image\n").hasSize(2);

      platform.startAgain();
      assertThat(image(platform)).isEqualTo("from the image\n");
      assertThat(who(platform)).isEqualTo(function);
      assertThat(instances(platform)).isEqualTo(before);
      assertThat(starts(platform)).as("starts of the next server").isZero();
      assertThat(belongings.find()).containsOnlyKeys(Belongings.Kind.values());

      platform.kubectl("delete", "ksvc", "image").run().orFail();
      platform.ebb("delete", "who").run().orFail();
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(processes(platform, belongings)).as(() -> told(platform)).isEmpty());
      platform.ebb("stop").run().orFail();
      assertThat(belongings.find()).isEmpty();
    }
  }

  private static String told(Platform platform) {
    return platform.kubectl("get", "pods,events").run() + platform.read("data/log/ebb.log");
  }

  /// With a data directory and containers of its own. It is stopped with its instances.
  private static void anotherServerComesAndGoes() {
    try (Platform other = Platform.start()) {
      Belongings belongings = new Belongings(other.dataDirectory());
      other.write("who.py", FUNCTION);
      other.ebb("deploy", "who.py", "--scale-min", "1").run().orFail();
      assertThat(who(other)).isNotEmpty();
      assertThat(belongings.find()).containsKeys(Belongings.Kind.CONTROL_GROUP);
      other.ebb("stop").run().orFail();
      assertThat(belongings.find()).isEmpty();
    }
  }
}
