package dev.ebb.kinds.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.ObjectKey;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParsedConfigTest {
  private final Map<String, String> data = new HashMap<>();
  private int parsed;

  private final ParsedConfig<Integer> config =
      new ParsedConfig<>(
          "config-x",
          values -> {
            parsed++;
            try {
              return Integer.parseInt(values.getOrDefault("n", "7"));
            } catch (NumberFormatException e) {
              throw new InvalidSettingException("no number");
            }
          });

  private int now() {
    return config.now(key -> {
      assertThat(key).isEqualTo(new ObjectKey("knative-serving", "config-x"));
      return data;
    });
  }

  @Test
  void itIsParsedWhenItsDataAreOthersAndWhatCannotBeUsedIsAbsent() {
    assertThat(now()).isEqualTo(7);
    assertThat(now()).isEqualTo(7);
    assertThat(parsed).isEqualTo(1);
    data.put("n", "8");
    assertThat(now()).isEqualTo(8);
    assertThat(now()).isEqualTo(8);
    assertThat(parsed).isEqualTo(2);
    data.put("n", "many");
    assertThat(now()).isEqualTo(7);
    assertThat(now()).isEqualTo(7);
    assertThat(parsed).as("once as it is, once as absent").isEqualTo(4);
    data.clear();
    assertThat(now()).isEqualTo(7);
  }
}
