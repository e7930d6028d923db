package dev.ebb.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadWindowTest {
  private static final double SECOND = 1e9;

  record Reading(double from, double to, double concurrency) {}

  static Stream<Arguments> readings() {
    return Stream.of(
        row("nothing was seen", 60, List.of(), 5, 0),
        row("one reading counts alone", 60, seconds(0, 10), 1, 10),
        row("a part of the window is averaged over that part", 60, seconds(0, 1, 2, 3), 3, 2),
        row("a full window forgets the oldest", 3, seconds(0, 100, 1, 2, 3), 4, 2),
        row("the time since the last reading does not count", 60, seconds(0, 6, 6), 30, 6),
        row("old readings leave although no new ones come", 4, seconds(0, 8, 8, 2), 5, 5),
        row("a silence of a whole window forgets all", 4, seconds(0, 8, 8), 6, 0),
        row(
            "seconds without a reading count as zero between readings",
            60,
            List.of(new Reading(0, 1, 8), new Reading(3, 4, 8)),
            4,
            4),
        row(
            "after a silence of a window the average begins anew",
            4,
            List.of(new Reading(0, 1, 8), new Reading(5, 6, 3)),
            6,
            3),
        row(
            "a reading over several seconds weighs what it should",
            60,
            List.of(new Reading(0, 1, 10), new Reading(1, 4, 2)),
            4,
            4),
        row(
            "readings that are not aligned to seconds are weighted by time",
            60,
            List.of(new Reading(0.25, 1.5, 4), new Reading(1.5, 2.25, 8)),
            2.25,
            5.5),
        row(
            "a reading longer than the window fills it",
            4,
            List.of(new Reading(0, 100, 7)),
            100,
            7),
        row(
            "a reading over the edge of the only second counts from the edge",
            1,
            List.of(new Reading(9.25, 10.25, 10)),
            10.25,
            10),
        row(
            "a reading longer than the window, which ends within a second, fills it",
            4,
            List.of(new Reading(0, 100.5, 7)),
            100.5,
            7),
        row("a clock that starts below zero", 3, seconds(-5, 9, 1, 2, 3), -1, 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readings")
  void averages(String name, int window, List<Reading> readings, double now, double expected) {
    assertThat(filled(window, readings).average(nanos(now))).isEqualTo(expected);
  }

  static Stream<Arguments> weighted() {
    return Stream.of(
        row("nothing was seen", 60, List.of(), 5, 0),
        row("the newest second weighs most", 4, seconds(0, 10, 10, 5, 5), 4, 5.049),
        row("whatever it is", 4, seconds(0, 5, 5, 10, 10), 4, 9.9495),
        row("before the first reading there was nothing", 60, seconds(0, 10), 1, 2),
        row("a long window weighs the newest second a fifth", 60, seconds(0, 10, 20), 2, 5.6),
        row("silence counts as zeros", 4, seconds(0, 10, 10, 10, 10), 6, 0.099),
        row("a silence of a whole window forgets all", 4, seconds(0, 8, 8), 6, 0),
        row("seconds end with the last reading", 2, seconds(0.5, 7, 7, 7), 3.5, 6.96465));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("weighted")
  void averagesByWeight(
      String name, int window, List<Reading> readings, double now, double expected) {
    assertThat(filled(window, readings).weightedAverage(nanos(now)))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void sumsOfFractionsDoNotDrift() {
    var window = new LoadWindow(60);
    for (int second = 0; second < 100_000; second++) {
      window.record(nanos(second), nanos(second + 1), 0.1);
    }
    assertThat(window.average(nanos(100_000))).isEqualTo(0.1);
  }

  @Test
  void resizingKeepsTheReadingsThatFit() {
    var window = filled(4, seconds(0, 1, 2, 3, 4));
    window.resize(2);
    assertThat(window.average(nanos(4))).isEqualTo(3.5);
    window.resize(60);
    assertThat(window.average(nanos(4))).isEqualTo(3.5);
    window.record(nanos(4), nanos(5), 8);
    assertThat(window.average(nanos(5))).isEqualTo(5);
    window.resize(60);
    assertThat(window.average(nanos(5))).isEqualTo(5);
  }

  @Test
  void resizingAnEmptyWindowLeavesItEmpty() {
    var window = new LoadWindow(60);
    window.resize(6);
    assertThat(window.isEmpty(nanos(0))).isTrue();
    assertThat(window.average(nanos(10))).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void anAverageIsNeverAboveTheLargestReading(int seconds) {
    var window = new LoadWindow(seconds);
    double time = 0;
    var random = new java.util.Random(42);
    for (int i = 0; i < 10_000; i++) {
      double to = time + random.nextDouble() * 3;
      window.record(nanos(time), nanos(to), random.nextInt(10));
      time = to + (random.nextInt(10) == 0 ? random.nextDouble() * 10 : 0);
      assertThat(window.average(nanos(time))).isBetween(0.0, 9.0 + 1e-6);
    }
    assertThat(window.average(nanos(time))).isCloseTo(4.5, within(4.5));
  }

  private static LoadWindow filled(int seconds, List<Reading> readings) {
    var window = new LoadWindow(seconds);
    for (var reading : readings) {
      window.record(nanos(reading.from()), nanos(reading.to()), reading.concurrency());
    }
    return window;
  }

  private static Arguments row(
      String name, int window, List<Reading> readings, double now, double expected) {
    return Arguments.of(name, window, readings, now, expected);
  }

  private static List<Reading> seconds(double first, double... concurrencies) {
    return java.util.stream.IntStream.range(0, concurrencies.length)
        .mapToObj(i -> new Reading(first + i, first + i + 1, concurrencies[i]))
        .toList();
  }

  private static long nanos(double seconds) {
    return (long) (seconds * SECOND);
  }
}
