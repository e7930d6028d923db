package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.MetricFamily.Value.Scalar;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.node.usage.Counter;
import dev.ebb.node.usage.Metered;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.local.IdSource;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class FunctionUseMetricsTest {
  private static final ObjectKey HELLO = new ObjectKey("default", "hello");
  private static final long SECOND = 1_000_000_000L;

  private final LocalResources resources =
      new LocalResources(
          new MemoryStore(), new BuiltInKinds(), InstantSource.system(), IdSource.random());
  private final List<Instance> instances = new ArrayList<>();
  private final Map<Metered, Counter> counters = new HashMap<>();
  private final FunctionUseMetrics metrics =
      new FunctionUseMetrics(resources, () -> instances, () -> Map.copyOf(counters));

  @BeforeEach
  void deploy() {
    create(CoreKinds.NAMESPACE, ObjectKey.clusterScoped("default"), "{}");
    create(
        ServingKinds.SERVICE,
        HELLO,
        "{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"image\": \"x\"}]}}}}");
    for (String revision : List.of("hello-00001", "hello-00002")) {
      create(
          ServingKinds.REVISION,
          new ObjectKey("default", revision),
          """
          {"metadata": {"name": "%s", "namespace": "default",
                        "labels": {"serving.knative.dev/service": "hello"}},
           "spec": {"containers": [{"image": "x"}]}}
          """
              .formatted(revision));
    }
    create(
        ServingKinds.REVISION,
        new ObjectKey("default", "nobodys"),
        "{\"spec\": {\"containers\": [{\"image\": \"x\"}]}}");
    counters.put(Metered.MACHINE, new Counter(900 * SECOND, 1 << 30, Duration.ofHours(1)));
  }

  @Test
  void whatAllInstancesOfAServiceUseIsOneSum() {
    run("a", "hello-00001");
    run("b", "hello-00002");
    run("c", "nobodys");
    reads("a", "user-container", 2 * SECOND, 100, 10);
    reads("a", "neighbour", SECOND, 10, 10);
    reads("b", "user-container", SECOND, 1000, 5);
    reads("c", "user-container", 50 * SECOND, 7, 5);
    assertThat(told()).containsExactly("hello.default 4.0 1110.0");
    reads("a", "user-container", 5 * SECOND, 200, 20);
    assertThat(told()).containsExactly("hello.default 7.0 1210.0");
  }

  @Test
  void theSumNeverFalls() {
    run("a", "hello-00001");
    reads("a", "user-container", 5 * SECOND, 100, 10);
    assertThat(told()).containsExactly("hello.default 5.0 100.0");
    // Started again in its place: its counter begins anew.
    reads("a", "user-container", 2 * SECOND, 50, 1);
    assertThat(told()).containsExactly("hello.default 7.0 50.0");
    // A process that ended took its time with it.
    reads("a", "user-container", SECOND, 50, 2);
    assertThat(told()).containsExactly("hello.default 7.0 50.0");
    counters.remove(Metered.container(new InstanceId("a"), "user-container"));
    instances.clear();
    assertThat(told()).containsExactly("hello.default 7.0 0.0");
  }

  @Test
  void aServiceThatIsGoneIsForgotten() {
    run("a", "hello-00001");
    reads("a", "user-container", 5 * SECOND, 100, 10);
    assertThat(told()).hasSize(1);
    resources.delete(ServingKinds.SERVICE, HELLO, DeleteOptions.background());
    assertThat(told()).isEmpty();
  }

  private void run(String instance, String revision) {
    instances.add(
        new Instance(
            new InstanceId(instance),
            new RevisionId("default", revision),
            Instance.Phase.READY,
            Optional.empty(),
            1,
            Instant.EPOCH,
            Optional.empty(),
            /* wanted= */ true,
            Optional.empty()));
  }

  private void reads(String instance, String container, long nanos, long bytes, int seconds) {
    counters.put(
        Metered.container(new InstanceId(instance), container),
        new Counter(nanos, bytes, Duration.ofSeconds(seconds)));
  }

  /// Function, seconds and bytes.
  private List<String> told() {
    Map<String, String> told = new HashMap<>();
    metrics
        .metrics()
        .forEach(family ->
            family
                .samples()
                .forEach(sample -> {
                  String function = sample.labels().getOrDefault("function_name", "");
                  assertThat(sample.labels()).containsEntry("namespace", "default");
                  assertThat(sample.value()).isInstanceOf(Scalar.class);
                  told.merge(function, " " + ((Scalar) sample.value()).value(), String::concat);
                }));
    return told.entrySet().stream().map(entry -> entry.getKey() + entry.getValue()).toList();
  }

  private void create(KindDefinition kind, ObjectKey key, String json) {
    ObjectNode fields = (ObjectNode) new JsonMapper().readTree(json);
    resources.create(
        kind,
        KubernetesObject.of(kind.type(), key).with(object -> object.setAll(fields)),
        WriteOptions.by("test"));
  }
}
