package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.eventing.calls.CallsConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class AsyncOptionsTest {
  @Command
  private static final class Holder {
    @Mixin private AsyncOptions options = new AsyncOptions();
  }

  private static CallsConfig parse(String... arguments) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(arguments);
    return holder.options.config();
  }

  @Test
  void nothingIsTheDefault() {
    assertThat(parse()).isEqualTo(CallsConfig.defaults());
  }

  @Test
  void boundsAreTaken() {
    assertThat(
            parse(
                "--async-max-body=1Gi",
                "--async-max-calls=500",
                "--async-max-bytes=64Mi",
                "--async-dead-letters=1k",
                "--async-dead-age=1h30m"))
        .isEqualTo(
            CallsConfig.defaults()
                .withMaxBodyBytes(1L << 30)
                .withQueuedCalls(500)
                .withQueuedBytes(64 << 20)
                .withDead(1_000, Duration.ofMinutes(90)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--async-max-body=0",
        "--async-max-body=-1",
        "--async-max-body=2Gi",
        "--async-max-body=large",
        "--async-max-calls=0",
        "--async-max-calls=3G",
        "--async-max-bytes=",
        "--async-dead-letters=many",
        "--async-dead-age=2",
        "--async-dead-age=-1h",
        "--async-dead-age=0s",
        "--async-dead-age=1000000h"
      })
  void whatCannotBeMeantIsRefused(String option) {
    assertThatThrownBy(() -> parse(option))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(option.substring(0, option.indexOf('=')));
  }
}
