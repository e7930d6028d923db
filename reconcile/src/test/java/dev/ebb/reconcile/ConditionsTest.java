package dev.ebb.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ConditionsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123Z");

  private final ObjectNode status = JsonNodeFactory.instance.objectNode();

  @ParameterizedTest
  @CsvSource({
    "True, True, True, ''",
    "False, True, False, a",
    "True, False, False, b",
    "Unknown, False, False, b",
    "False, Unknown, False, a",
    "Unknown, Unknown, Unknown, a",
    "True, Unknown, Unknown, b"
  })
  void readyFollowsFromTheWorstThatItDependsOn(String a, String b, String ready, String reason) {
    Conditions conditions = new Conditions(status, NOW, "A", "B");
    conditions.mark(condition("A", a, "a"));
    conditions.mark(condition("B", b, "b"));
    conditions.inform(condition("Info", "False", "i"));
    conditions.write();

    Condition happy = Condition.of(status, "Ready").orElseThrow();
    assertThat(happy.status().word()).isEqualTo(ready);
    assertThat(happy.reason()).isEqualTo(reason);
  }

  @Test
  void anUnknownWithAReasonTellsMoreThanOneWithout() {
    new Conditions(status, NOW, "A", "B").markUnknown("B", "Waiting", "for a place").write();

    assertThat(Condition.of(status, "Ready").orElseThrow().reason()).isEqualTo("Waiting");
  }

  @Test
  void theTimeMovesOnlyWhenAConditionSaysSomethingNew() {
    new Conditions(status, NOW, "A").markFalse("A", "No", "not yet").write();
    ObjectNode before = status.deepCopy();
    new Conditions(status, NOW.plusSeconds(60), "A").markFalse("A", "No", "not yet").write();
    assertThat(status).isEqualTo(before);

    new Conditions(status, NOW.plusSeconds(60), "A").markTrue("A").write();
    assertThat(status.at("/conditions/0/type").asString()).isEqualTo("A");
    assertThat(status.at("/conditions/0/lastTransitionTime").asString())
        .isEqualTo("2026-01-01T00:01:00Z");
    assertThat(status.at("/conditions/1/status").asString()).isEqualTo("True");
  }

  @Test
  void whatDependsOnNothingIsMarkedItself() {
    new Conditions(status, NOW).markFalse("Ready", "Broken", "no").write();

    assertThat(Condition.of(status, "Ready").orElseThrow().reason()).isEqualTo("Broken");
  }

  private static Condition condition(String type, String word, String reason) {
    return new Condition(type, Condition.Status.of(word), word.equals("True") ? "" : reason, "");
  }
}
