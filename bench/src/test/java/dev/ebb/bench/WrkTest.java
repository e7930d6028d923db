package dev.ebb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WrkTest {
  private static final String OUTPUT =
      """
      Running 2s test @ http://127.0.0.1:18090/
        2 threads and 64 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency   812.45us    1.20ms  25.31ms   92.31%
          Req/Sec    55.12k     4.33k   63.01k    75.00%
        Latency Distribution
           50%  523.00us
           75%    0.88ms
           90%    1.75ms
           99%    5.94ms
        219571 requests in 2.01s, 19.26MB read
      Requests/sec: 109245.13
      Transfer/sec:      9.58MB
      """;

  @Test
  void readsWhatWrkPrints() {
    assertThat(Wrk.parse(OUTPUT)).isEqualTo(new Wrk(109245.13, 0.523, 5.94, 219_571, 0));
  }

  @ParameterizedTest
  @CsvSource({"523.00us, 0.523", "1.75ms, 1.75", "1.20s, 1200", "1.50m, 90000"})
  void readsEveryUnitOfTime(String printed, double millis) {
    assertThat(Wrk.parse(OUTPUT.replace("523.00us", printed)).p50Millis()).isEqualTo(millis);
  }

  @Test
  void countsBadAnswersAndBrokenConnectionsAsErrors() {
    String output =
        OUTPUT.replace(
            "Requests/sec",
            "  Socket errors: connect 1, read 2, write 3, timeout 4\n"
                + "  Non-2xx or 3xx responses: 100\nRequests/sec");
    assertThat(Wrk.parse(output).errors()).isEqualTo(110);
  }

  @Test
  void saysWhatWrkPrintedInsteadOfFigures() {
    assertThatThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:1 Connection refused"))
        .hasMessageContaining("unable to connect");
  }
}
