package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ebb.cli.ScalingState.Change;
import dev.ebb.cli.ScalingState.Durations;
import dev.ebb.cli.TopRow.Use;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopRowTest {
  private static final Durations NONE = new Durations(List.of(), List.of());

  private static ScalingState state(String revision, int ready, long requests, Durations spent) {
    String service = revision.replaceFirst("-\\d+$", "");
    return new ScalingState(
        "default", service, revision, ready, ready, 0, 0, requests, 0, spent, "because", List.of());
  }

  private static Durations durations(Long... counts) {
    return new Durations(List.of(0.01, 0.1, 1.0), Arrays.asList(counts));
  }

  @Test
  void ratesAndTimesAreOfWhatCameBetween() {
    List<TopRow> rows =
        TopRow.between(
            List.of(state("a-1", 2, 1000, durations(1000L, 0L, 0L, 0L))),
            List.of(state("a-1", 2, 1100, durations(1000L, 100L, 0L, 0L))),
            2,
            Map.of("default/a-1", new Use(0.25, 1 << 20)));

    assertThat(rows)
        .singleElement()
        .satisfies(row -> {
          assertThat(row.requestsPerSecond()).isEqualTo(50);
          assertThat(row.p50Millis()).isCloseTo(55, within(0.1));
          assertThat(row.use()).contains(new Use(0.25, 1 << 20));
        });
  }

  @Test
  void whatIsNewHasNoRateYetAndWhatTheServerForgotHasNone() {
    List<TopRow> rows =
        TopRow.between(
            List.of(state("b-1", 1, 500, durations(5L, 0L, 0L, 0L))),
            List.of(
                state("a-1", 1, 100, durations(100L, 0L, 0L, 0L)),
                state("b-1", 1, 0, durations(0L, 0L, 0L, 0L))),
            1,
            Map.of());

    assertThat(rows).extracting(TopRow::requestsPerSecond).containsExactly(0.0, 0.0);
    assertThat(rows).extracting(TopRow::p99Millis).containsExactly(0.0, 0.0);
  }

  @Test
  void revisionsAtRestAreLeftOutUnlessAllOfAServiceAre() {
    List<ScalingState> states =
        List.of(
            state("a-1", 0, 9, NONE),
            state("a-2", 1, 9, NONE),
            state("a-3", 0, 9, NONE),
            state("b-1", 0, 9, NONE),
            state("b-2", 0, 9, NONE));

    assertThat(TopRow.between(states, states, 1, Map.of()))
        .extracting(row -> row.state().revision())
        .containsExactly("a-2", "b-2");
  }

  @Test
  void whereThereIsNoRoomTheBusiestStayInTheirOrder() {
    List<ScalingState> before =
        List.of(
            state("a-1", 1, 0, NONE),
            state("b-1", 1, 0, NONE),
            state("c-1", 9, 0, NONE),
            state("d-1", 1, 0, NONE));
    List<ScalingState> after =
        List.of(
            state("a-1", 1, 5, NONE),
            state("b-1", 1, 0, NONE),
            state("c-1", 9, 0, NONE),
            state("d-1", 1, 50, NONE));

    assertThat(TopRow.busiest(TopRow.between(before, after, 1, Map.of()), 3))
        .extracting(row -> row.state().revision())
        .containsExactly("a-1", "c-1", "d-1");
  }

  @ParameterizedTest
  @CsvSource({
    // counts of up to 10 ms, 100 ms, 1 s, more; fraction; seconds
    "0 0 0 0, 0.5, 0",
    "100 0 0 0, 0.5, 0.005",
    "100 0 0 0, 1, 0.01",
    "50 50 0 0, 0.75, 0.055",
    "0 0 0 9, 0.5, 1"
  })
  void quantilesLieWithinTheirBucket(String counts, double fraction, double seconds) {
    Long[] parsed = Arrays.stream(counts.split(" ", -1)).map(Long::valueOf).toArray(Long[]::new);

    assertThat(TopRow.quantile(durations(parsed), fraction)).isCloseTo(seconds, within(1e-9));
  }

  @Test
  void decisionsAreToldLatestFirst() {
    Instant now = Instant.parse("2026-01-01T00:10:00Z");
    ScalingState busy =
        new ScalingState(
            "default",
            "a",
            "a-1",
            3,
            2,
            1,
            0,
            0,
            0,
            NONE,
            "panic: 5 wanted",
            List.of(
                new Change(now.minusSeconds(300), 0, 1, "left zero for a waiting request"),
                new Change(now.minusSeconds(4), 1, 3, "panic: 3 wanted")));

    assertThat(ScalingHistory.lines(List.of(busy, state("a-2", 0, 0, NONE)), now))
        .containsExactly(
            "  a-1: 2 ready of 3; panic: 5 wanted",
            "    4s       1 -> 3  panic: 3 wanted",
            "    5m       0 -> 1  left zero for a waiting request");
  }
}
