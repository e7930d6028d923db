package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Gradual rollout, tags by header, and sessions, by kubectl and curl.
@ExtendWith(SharedPlatform.class)
@Timeout(90)
class TrafficTest {
  private static final String NAMESPACE = "traffic";
  private static final String LATEST = "[{latestRevision: true, percent: 100}]";
  private static SharedPlatform.Shared shared;

  @BeforeAll
  static void start(SharedPlatform.Shared platform) {
    shared = platform;
    shared.namespace(NAMESPACE);
    feature("enabled");
  }

  @AfterAll
  static void stop() {
    feature("disabled");
  }

  @Test
  void aRolloutTakesItsTimeAndEndsWhenNobodyWantsToWait() {
    apply("slow", "one", "serving.knative.dev/rollout-duration: 1h", LATEST);
    ready("slow");
    assertThat(call("slow")).isEqualTo("one\n");

    apply("slow", "two", "serving.knative.dev/rollout-duration: 1h", LATEST);
    String condition = "jsonpath={.status.conditions[?(@.type=='%s')]['status','reason']}";
    await()
        .until(() -> get("ksvc/slow", condition.formatted("RoutesReady")).contains("RolloutInPro"));
    assertThat(get("route/slow", condition.formatted("IngressReady")))
        .isEqualTo("Unknown RolloutInProgress");
    assertThat(get("route/slow", "jsonpath={.status.traffic[*]['revisionName','percent']}"))
        .contains("slow-00001", "slow-00002", "99");
    for (int i = 0; i < 10; i++) {
      assertThat(call("slow")).isIn("one\n", "two\n");
    }

    kubectl("annotate", "--overwrite", "ksvc/slow", "serving.knative.dev/rollout-duration=0s");
    ready("slow");
    assertThat(get("route/slow", "jsonpath={.status.traffic[*].revisionName}"))
        .isEqualTo("slow-00002");
    assertThat(call("slow")).isEqualTo("two\n");
  }

  @Test
  void aHeaderLeadsToATagAndACookieBackToARevision() {
    apply("split", "one", "serving.ebb.dev/session-affinity: cookie", LATEST);
    ready("split");
    apply(
        "split",
        "two",
        "serving.ebb.dev/session-affinity: cookie",
        "[{revisionName: split-00001, percent: 100},"
            + " {latestRevision: true, percent: 0, tag: next}]");
    await().until(() -> call("split", "-H", "Knative-Serving-Tag: next").equals("two\n"));
    assertThat(call("split")).isEqualTo("one\n");
    assertThat(call("split", "-H", "Knative-Serving-Tag: other")).isEqualTo("one\n");
    String jar = shared.platform().root().resolve("cookies").toString();
    assertThat(call("split", "-c", jar)).isEqualTo("one\n");

    apply(
        "split",
        "two",
        "serving.ebb.dev/session-affinity: cookie",
        "[{revisionName: split-00001, percent: 50}, {revisionName: split-00002, percent: 50}]");
    ready("split");
    Set<String> strangers = new TreeSet<>();
    for (int i = 0; i < 200 && strangers.size() < 2; i++) {
      strangers.add(call("split"));
    }
    assertThat(strangers).containsExactly("one\n", "two\n");
    for (int i = 0; i < 10; i++) {
      assertThat(call("split", "-b", jar)).isEqualTo("one\n");
    }
  }

  private static void apply(String name, String target, String annotation, String traffic) {
    shared
        .platform()
        .write(
            "traffic-" + name + ".yaml",
            """
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: %s, namespace: %s, annotations: {%s}}
            spec:
              template:
                spec:
                  containers: [{image: "%s", env: [{name: TARGET, value: %s}]}]
              traffic: %s
            """
                .formatted(name, NAMESPACE, annotation, shared.image(), target, traffic));
    kubectl("apply", "-f", "traffic-" + name + ".yaml");
  }

  private static void ready(String service) {
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksvc/" + service);
  }

  private static String get(String object, String output) {
    return kubectl("get", object, "-o", output);
  }

  private static String kubectl(String... words) {
    List<String> all = new ArrayList<>(List.of("-n", NAMESPACE));
    all.addAll(List.of(words));
    return shared.platform().kubectl(all.toArray(new String[0])).run().orFail().out();
  }

  private static String call(String service, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.add("-H");
    words.add("Host: %s.%s.localhost".formatted(service, NAMESPACE));
    words.add(shared.platform().gateway());
    return shared.platform().curl(words.toArray(new String[0])).run().orFail().out();
  }

  private static void feature(String value) {
    shared.platform().configure("config-features", "tag-header-based-routing", value);
  }
}
