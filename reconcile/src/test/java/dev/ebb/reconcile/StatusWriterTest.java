package dev.ebb.reconcile;

import static dev.ebb.reconcile.ScriptedResources.KIND;
import static dev.ebb.reconcile.ScriptedResources.thing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StatusWriterTest {
  private final ScriptedResources resources = new ScriptedResources();
  private final StatusWriter writer = new StatusWriter(resources, "test");

  @Test
  void aStatusThatChangesNothingIsNotWritten() {
    KubernetesObject observed =
        resources.put(thing("a").with(json -> json.withObject("/status").put("ready", 3)));

    assertThat(writer.write(KIND, observed, StatusWriterTest::threeReady))
        .contains(new StatusWriter.Written(observed, observed));
    assertThat(resources.updates).isZero();
  }

  @Test
  void aConflictWithAnotherWriterIsTriedAgainOnTheNewestObject() {
    KubernetesObject observed = resources.put(thing("a"));
    resources.put(observed.with(json -> json.withObject("/metadata/labels").put("team", "blue")));

    writer.write(KIND, observed, StatusWriterTest::threeReady);

    assertThat(resources.stored("a").status().path("ready").asInt()).isEqualTo(3);
    assertThat(resources.stored("a").labels()).containsEntry("team", "blue");
  }

  @Test
  void aSpecThatChangedSinceIsLeftToTheNextReconcile() {
    KubernetesObject observed = resources.put(thing("a"));
    resources.put(observed.with(json -> json.withObject("/metadata").put("generation", 2)));

    assertThatThrownBy(() -> writer.write(KIND, observed, StatusWriterTest::threeReady))
        .isInstanceOfSatisfying(
            ApiException.class, refused -> assertThat(refused.isConflict()).isTrue());
    assertThat(resources.stored("a").status().isMissingNode()).isTrue();
  }

  @Test
  void conflictsWithoutEndAreGivenUp() {
    KubernetesObject observed = resources.put(thing("a"));
    for (int i = 0; i < 5; i++) {
      resources.updateFailures.add(ApiException.conflict(KIND, "a"));
    }

    assertThatThrownBy(() -> writer.write(KIND, observed, StatusWriterTest::threeReady))
        .isInstanceOf(ApiException.class);
    assertThat(resources.updates).isEqualTo(5);
  }

  @Test
  void anObjectThatIsGoneOrAnotherOneIsLeftAlone() {
    KubernetesObject observed = resources.put(thing("a"));
    resources.remove("a");
    assertThat(writer.write(KIND, observed, StatusWriterTest::threeReady)).isEmpty();

    resources.put(thing("a"));
    assertThat(writer.write(KIND, observed, StatusWriterTest::threeReady)).isEmpty();
    assertThat(resources.stored("a").status().isMissingNode()).isTrue();
  }

  @Test
  void otherRefusalsAreTold() {
    KubernetesObject observed = resources.put(thing("a"));
    resources.updateFailures.add(ApiException.badRequest("no"));

    assertThatThrownBy(() -> writer.write(KIND, observed, StatusWriterTest::threeReady))
        .hasMessage("no");
  }

  private static ObjectNode threeReady(ObjectNode status) {
    return status.put("ready", 3L);
  }
}
