package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.cli.ScalingState.Durations;
import dev.ebb.cli.load.LoadSample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadViewTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  private static ScalingState state(String revision, int ready, int desired) {
    return new ScalingState(
        "default",
        "hello",
        revision,
        desired,
        ready,
        7,
        2,
        0,
        0,
        new Durations(List.of(), List.of()),
        "",
        List.of());
  }

  private static LoadSample second(long requests) {
    TreeMap<Integer, Long> answers = new TreeMap<>();
    answers.put(200, requests);
    return new LoadSample(
        1_000_000_000L, LoadSample.NOTHING.latencies(), answers, new TreeMap<>(), 9);
  }

  @Test
  void onATerminalABlockIsDrawnAnewInItsPlaceAndGoesForTheSummary() {
    LoadView view = new LoadView(out, /* terminal= */ true, "Load");
    view.show(second(100), 1, List.of(state("hello-00001", 1, 4)));
    view.show(second(400), 2, List.of(state("hello-00001", 4, 4)));
    view.end(second(500), 0);

    assertThat(text.toString())
        .isEqualTo(
            """
            Load, 1 s so far
              requests/s 100        p50 -          p99 -          errors 0
              in flight  7          queued 2
              hello-00001  instances 1/4
              #...
            \u001b[5A\u001b[JLoad, 2 s so far
              requests/s 400        p50 -          p99 -          errors 0
              in flight  7          queued 2
              hello-00001  instances 4
              ####
            \u001b[5A\u001b[JLoad
            500 requests in 1.0 s: 500/s, 0 errors
              instances  at most hello-00001: 4
            """);
  }

  @Test
  void elsewhereEachSecondIsALineAndTwoRevisionsAreShownSideBySide() {
    LoadView view = new LoadView(out, /* terminal= */ false, "Load");
    view.show(second(100), 1, List.of());
    view.show(second(9), 2, List.of(state("hello-00001", 2, 2), state("hello-00002", 0, 1)));

    assertThat(text.toString())
        .isEqualTo(
            """
            Load
            TIME   REQUESTS/S   P50        P99        ERRORS   IN FLIGHT  QUEUED   INSTANCES
            1s     100          -          -          0        9          -        -
            2s     9.0          -          -          0        14         4        hello-00001 2, hello-00002 0/1
            """);
  }

  @Test
  void aThousandInstancesFitALine() {
    LoadView view = new LoadView(out, /* terminal= */ true, "Load on " + "x".repeat(100));
    view.show(second(1), 1, List.of(state("hello-00001", 500, 1000)));

    assertThat(text.toString().lines()).allMatch(line -> line.length() < 80);
    assertThat(text.toString()).contains("####....");
  }

  @ParameterizedTest
  @CsvSource({
    "0, -",
    "0.42, 0.42 ms",
    "9.994, 9.99 ms",
    "17.4, 17 ms",
    "999.4, 999 ms",
    "1300, 1.30 s"
  })
  void timesHaveAsManyDigitsAsMeanSomething(double millis, String words) {
    assertThat(LoadView.millis(millis)).isEqualTo(words);
  }
}
