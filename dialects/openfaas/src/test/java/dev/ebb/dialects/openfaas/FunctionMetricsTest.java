package dev.ebb.dialects.openfaas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionMetricsTest {
  private static final RevisionId FIRST = new RevisionId("openfaas-fn", "hello-00001");
  private static final RevisionId OLD = new RevisionId("openfaas-fn", "hello-00000");

  private final World world = new World();
  private final FunctionMetrics metrics =
      new FunctionMetrics(world.resources, () -> world.traffic, world.scaler);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aFunctionIsCountedUnderTheNamesOfOpenFaas() {
    deploy("{\"service\":\"hello\",\"image\":\"x\",\"labels\":{\"com.openfaas.scale.min\":\"2\"}}");
    world.run("hello", 3, 2, 0);
    world.traffic.put(FIRST, World.traffic(2, Map.of(200, 7L, 500, 3L)));
    assertThat(told())
        .containsExactly(
            "gateway_function_invocation{code=200, function_name=hello.openfaas-fn} 7.0",
            "gateway_function_invocation{code=500, function_name=hello.openfaas-fn} 3.0",
            "gateway_function_invocation_started{function_name=hello.openfaas-fn} 13.0",
            "gateway_functions_seconds{function_name=hello.openfaas-fn} [10, 0] 5.0",
            "gateway_service_count{function_name=hello.openfaas-fn} 3.0",
            "gateway_service_ready_count{function_name=hello.openfaas-fn} 2.0",
            "gateway_service_min{function_name=hello.openfaas-fn} 2.0",
            "gateway_service_target{function_name=hello.openfaas-fn} 50.0");
  }

  @Test
  void countersNeverFallWhenARevisionGoes() {
    deploy("{\"service\":\"hello\",\"image\":\"x\"}");
    world.run("hello", 1, 1, 5);
    world.runOld("hello", 1, 100);
    assertThat(told())
        .contains("gateway_function_invocation{code=200, function_name=hello.openfaas-fn} 105.0");
    collect(OLD);
    for (int look = 0; look < 2; look++) {
      assertThat(told())
          .contains("gateway_function_invocation{code=200, function_name=hello.openfaas-fn} 105.0")
          .contains("gateway_functions_seconds{function_name=hello.openfaas-fn} [105, 0] 52.5");
    }
  }

  @Test
  void aFunctionThatIsGoneIsForgotten() {
    deploy("{\"service\":\"hello\",\"image\":\"x\"}");
    world.run("hello", 1, 1, 5);
    assertThat(told()).isNotEmpty();
    world.admin().call("DELETE /system/functions", "{\"functionName\":\"hello\"}");
    collect(FIRST);
    assertThat(told()).isEmpty();
    deploy("{\"service\":\"hello\",\"image\":\"x\"}");
    assertThat(told())
        .contains("gateway_function_invocation_started{function_name=hello.openfaas-fn} 0.0");
  }

  /// As the garbage collector and the gateway would.
  private void collect(RevisionId revision) {
    world.traffic.remove(revision);
    world.resources.delete(
        ServingKinds.REVISION,
        new ObjectKey(revision.namespace(), revision.name()),
        DeleteOptions.background());
  }

  private void deploy(String body) {
    assertThat(world.admin().call("POST /system/functions", body).status()).isEqualTo(202);
  }

  private List<String> told() {
    List<String> told = new ArrayList<>();
    for (MetricFamily family : metrics.metrics()) {
      for (MetricFamily.Sample sample : family.samples()) {
        told.add(
            family.name()
                + new TreeMap<>(sample.labels())
                + " "
                + switch (sample.value()) {
                  case Value.Scalar(double value) -> Double.toString(value);
                  case Value.Histogram histogram -> histogram.counts() + " " + histogram.sum();
                });
      }
    }
    return told;
  }
}
