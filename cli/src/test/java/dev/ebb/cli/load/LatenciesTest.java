package dev.ebb.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatenciesTest {
  private final LatencyRecorder recorder = new LatencyRecorder();

  @ParameterizedTest
  @CsvSource({
    // nanoseconds that were recorded, fraction, milliseconds
    "'', 0.5, 0",
    "5000000, 0.5, 5",
    "5000000, 1, 5",
    "'1000000 2000000 3000000 4000000', 0.5, 2.015", // the upper edge of its bucket
    "'1000 1000 1000 90000', 0.75, 0.001",
    "'1000 1000 1000 90000', 0.76, 0.09",
    "'1 999 1000', 1, 0.001", // rounded up
    "'-5', 0.5, 0",
    "7200000000000, 0.5, 3600000" // an hour is the longest
  })
  void percentilesAreNearestRanks(String nanos, double fraction, double millis) {
    nanos
        .lines()
        .flatMap(line -> Arrays.stream(line.split(" ", -1)))
        .filter(word -> !word.isEmpty())
        .forEach(word -> recorder.record(Long.parseLong(word)));

    assertThat(recorder.now().percentileMillis(fraction)).isEqualTo(millis);
  }

  @Test
  void everyValueIsInABucketThatIsAtMostOneSixtyFourthTooLarge() {
    Random random = new Random(2026);
    for (int run = 0; run < 100_000; run++) {
      long micros = random.nextLong(1L << random.nextInt(1, 32));
      long edge = Latencies.upperEdge(Latencies.bucket(Latencies.micros(micros * 1000)));
      assertThat(edge).isBetween(Math.min(micros, 3_600_000_000L), micros + micros / 64);
    }
  }

  @Test
  void bucketsFollowOneAnotherWithoutGaps() {
    for (int bucket = 1; bucket < Latencies.BUCKETS; bucket++) {
      assertThat(Latencies.bucket(Latencies.upperEdge(bucket - 1) + 1)).isEqualTo(bucket);
      assertThat(Latencies.bucket(Latencies.upperEdge(bucket))).isEqualTo(bucket);
    }
  }

  @Test
  void ofAPartOfTheTimeOnlyWhatCameThenCounts() {
    for (int count = 0; count < 100; count++) {
      recorder.record(1_000_000_000L);
    }
    Latencies before = recorder.now();
    for (int count = 0; count < 10; count++) {
      recorder.record(2_000_000L);
    }
    Latencies part = recorder.now().since(before);

    assertThat(part.count()).isEqualTo(10);
    assertThat(part.percentileMillis(0.99)).isCloseTo(2, within(0.04));
    assertThat(part.maxMillis()).isCloseTo(2, within(0.04));
    assertThat(recorder.now().maxMillis()).isEqualTo(1000);
    assertThat(recorder.now().since(recorder.now()).percentileMillis(0.99)).isZero();
  }
}
