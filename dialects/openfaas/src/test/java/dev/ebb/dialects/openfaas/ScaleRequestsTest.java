package dev.ebb.dialects.openfaas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dialects.openfaas.Caller.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `/system/scale-function` and `/system/alert`.
class ScaleRequestsTest {
  private final World world = new World();
  private final Caller admin = world.admin();

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest(name = "{0} -> min-scale {1}")
  @CsvSource({"3,3", "20,20", "99,20", "0,0"})
  void aScaledFunctionKeepsItsFloorWithinItsMaximum(int asked, String floor) {
    world.deployAndRun("hello", 1);
    assertThat(
            admin
                .call(
                    "POST /system/scale-function/hello",
                    "{\"serviceName\":\"hello\",\"replicas\":%d}".formatted(asked))
                .told())
        .isEqualTo("202");
    assertThat(world.revision("hello-00001").annotations())
        .containsEntry("autoscaling.knative.dev/min-scale", floor);
    assertThat(world.scaler.resting)
        .hasSize(asked == 0 ? 1 : 0)
        .allMatch(new RevisionId("openfaas-fn", "hello-00001")::equals);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "there|{\"serviceName\":\"there\",\"replicas\":4,\"namespace\":\"dev\"}|202",
        "there.dev|{\"serviceName\":\"there\",\"replicas\":4}|202",
        "there?namespace=dev|{\"replicas\":4}|202",
        "there|{\"replicas\":4}|404",
        "there|{\"replicas\":4,\"namespace\":\"default\"}|400",
      })
  void aFunctionOfAnotherNamespaceIsScaled(String name, String body, int status) {
    admin.call("POST /system/namespace/dev", "{\"name\":\"dev\",\"labels\":{\"openfaas\":\"1\"}}");
    String function = "{\"service\":\"there\",\"image\":\"x\",\"namespace\":\"dev\"}";
    assertThat(admin.call("POST /system/functions", function).status()).isEqualTo(202);
    assertThat(admin.call("POST /system/scale-function/" + name, body).status()).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0} of {1} present -> {2}")
  @CsvSource({
    "firing,1,5",
    "firing,5,9",
    "firing,18,20",
    "firing,20,20",
    "resolved,9,1",
  })
  void anAlertAddsAStepOrGoesBackToTheMinimum(String status, int present, String floor) {
    world.deployAndRun("hello", present);
    assertThat(alert(status, "hello.openfaas-fn").told()).isEqualTo("200");
    assertThat(world.revision("hello-00001").annotations())
        .containsEntry("autoscaling.knative.dev/min-scale", floor);
  }

  @Test
  void anAlertAboutWhatIsGoneIsAnsweredFor() {
    assertThat(alert("firing", "gone.openfaas-fn").told()).isEqualTo("200");
  }

  private Answer alert(String status, String function) {
    return admin.call(
        "POST /system/alert",
        """
        {"receiver":"scale-up","status":"%1$s","alerts":[{"status":"%1$s",
         "labels":{"alertname":"APIHighInvocationRate","function_name":"%2$s"}}]}
        """
            .formatted(status, function));
  }
}
