package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PullRateTest {
  private final AtomicLong nanos = new AtomicLong(5_000_000_000L);
  private final PullRate rate = new PullRate(nanos::get);

  @Test
  void theRateCountsFromTheFirstBytesThatAreToldOf() {
    assertThat(rate.text("app")).isEqualTo("pulling app");
    rate.accept(line("resolving", 0, 0));
    assertThat(rate.text("app")).isEqualTo("pulling app");

    rate.accept(line("pulling", 40_000_000, 100_000_000)); // An earlier pull had these.
    assertThat(rate.text("app")).isEqualTo("pulling app: 40 MB of 100 MB");
    assertThat(rate.json().path("bytesPerSecond").asLong(-1)).isZero();

    nanos.addAndGet(2_000_000_000L);
    rate.accept(line("pulling", 60_000_000, 100_000_000));
    assertThat(rate.text("app")).isEqualTo("pulling app: 60 MB of 100 MB, 10 MB/s");
    assertThat(rate.json().path("bytesPerSecond").asLong(-1)).isEqualTo(10_000_000);

    rate.accept(line("unpacking", 100_000_000, 100_000_000));
    assertThat(rate.text("app")).isEqualTo("unpacking app");
  }

  @Test
  void aTransferThatBeganAnewHasNoNegativeRate() {
    rate.accept(line("pulling", 40, 100));
    nanos.addAndGet(1_000_000_000L);
    rate.accept(line("pulling", 10, 100));
    assertThat(rate.json().path("bytesPerSecond").asLong(-1)).isZero();
  }

  private static JsonNode line(String state, long bytes, long total) {
    return OutputOption.object().put("state", state).put("bytes", bytes).put("total", total);
  }
}
