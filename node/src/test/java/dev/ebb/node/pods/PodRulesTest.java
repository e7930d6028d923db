package dev.ebb.node.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.PodSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRulesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "     |     | e1 e2 | c1 c2 | e1 e2 c1 c2",
        "     | a1  | e1 e2 | c1 c2 | e1 e2 a1",
        " k1  |     | e1 e2 | c1 c2 | k1",
        " k1  | a1  | e1 e2 | c1 c2 | k1 a1",
        "     |     |       | c1    | c1",
        "     | a1  |       | c1    | a1",
        "     |     |       |       |",
      })
  void commandAndArgumentsReplaceWhatTheImageSays(
      String command, String args, String entryPoint, String cmd, String result) {
    assertThat(Commands.of(words(command), words(args), words(entryPoint), words(cmd)))
        .isEqualTo(words(result));
  }

  private static List<String> words(String text) {
    return text == null ? List.of() : List.of(text.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "SIGTERM, 15",
    "TERM, 15",
    "SIGQUIT, 3",
    "9, 9",
    "SIGRTMIN+3, 37",
    "RTMAX-1, 63",
    "SIGRTMIN+99, 15",
    "SIGNOTHING, 15",
    "0, 15",
    "65, 15",
    "'', 15",
  })
  void stopSignalsAreNamesOrNumbers(String text, int signal) {
    assertThat(StopSignal.parse(text)).isEqualTo(signal);
  }

  @Test
  void anIdentityIsTheSameInEveryProcess() {
    var pod =
        PodSpec.of(Container.of("a", "image"))
            .edit()
            .labels(Map.of("z", "1", "y", "2", "x", "3", "w", "4"))
            .annotations(Map.of("d", "1", "c", "2", "b", "3", "a", "4"))
            .build();
    assertThat(PodIdentity.of(PodBench.workload(pod), List.of("digest")))
        .contains("{w=4, x=3, y=2, z=1}", "{a=4, b=3, c=2, d=1}", "digest");
  }
}
