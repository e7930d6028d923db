package dev.ebb.server;

import dev.ebb.eventing.calls.CallsConfig;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.Quantity;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of `ebb up` that bound asynchronous calls.
final class AsyncOptions {
  /// What the event log can keep as one event.
  private static final long MAX_BODY = 1L << 30;

  private static final Duration MAX_AGE = Duration.ofDays(3650);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--async-max-body",
      paramLabel = "BYTES",
      description =
          "The largest body of an asynchronous call, at most 1Gi (default: ${DEFAULT-VALUE}).")
  private String body = "128Mi";

  @Option(
      names = "--async-max-calls",
      paramLabel = "N",
      description =
          "How many calls of one function may wait in one queue; more are refused with 503"
              + " (default: ${DEFAULT-VALUE}).")
  private String calls = "2000000";

  @Option(
      names = "--async-max-bytes",
      paramLabel = "BYTES",
      description = "How many bytes they may have together (default: ${DEFAULT-VALUE}).")
  private String bytes = "16Gi";

  @Option(
      names = "--async-dead-letters",
      paramLabel = "N",
      description =
          "How many calls of one function that failed for good are kept; the oldest go"
              + " (default: ${DEFAULT-VALUE}).")
  private String deadLetters = "10000";

  @Option(
      names = "--async-dead-age",
      paramLabel = "DURATION",
      description = "How long they are kept, like 36h (default: ${DEFAULT-VALUE}).")
  private String deadAge = "336h";

  /// @throws ParameterException saying what is wrong with which option
  CallsConfig config() {
    return CallsConfig.defaults()
        .withMaxBodyBytes(amount("--async-max-body", body, MAX_BODY))
        .withQueuedCalls(amount("--async-max-calls", calls, Integer.MAX_VALUE))
        .withQueuedBytes(amount("--async-max-bytes", bytes, Long.MAX_VALUE))
        .withDead(amount("--async-dead-letters", deadLetters, Integer.MAX_VALUE), age());
  }

  private long amount(String option, String text, long most) {
    Optional<Quantity> amount = Quantity.parse(text);
    if (amount.isEmpty() || amount.get().units() < 1 || amount.get().units() > most) {
      throw new ParameterException(
          spec.commandLine(),
          "%s must be a number from 1 to %d, such as 500 or 64Mi, not '%s'"
              .formatted(option, most, text));
    }
    return amount.get().units();
  }

  private Duration age() {
    return GoDuration.parse(deadAge)
        .filter(age -> age.isPositive() && age.compareTo(MAX_AGE) <= 0)
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(),
                "--async-dead-age must be a duration of ten years at most, such as 90m or 36h, not"
                    + " '%s'".formatted(deadAge)));
  }
}
