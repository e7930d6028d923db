package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.EventTooLargeException;
import dev.ebb.eventing.log.Payload;
import dev.ebb.eventing.log.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// Makes one attempt of a call, and keeps the function's answer for whoever is to be told. The
/// answer is in the log before the call is done with, so that a crash may call twice but never
/// tells nobody. Thread-safe.
///
/// Source of the headers: OpenFaaS's documentation of asynchronous calls.
final class CallDelivery {
  private static final int PIECE = 1 << 14;
  private static final int SERVICE_UNAVAILABLE = 503;

  /// The gateway's reasons that say nothing about the call.
  private static final Set<String> NO_ROOM =
      Set.of("QueueFull", "Overloaded", "RevisionUnknown", "NoRoute");

  /// Of one connection (RFC 9110, section 7.6.1), or wrong for another body.
  private static final Set<String> NOT_COPIED =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-authenticate",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final CallTargets targets;
  private final CallSender sender;
  private final InstantSource clock;
  private final Function<Callback, Lane> callbacks;
  private final Consumer<Lane> submitted;

  /// @param callbacks where those of a function and queue are kept; entered, and left here
  /// @param submitted told when there is one more
  CallDelivery(
      CallTargets targets,
      CallSender sender,
      InstantSource clock,
      Function<Callback, Lane> callbacks,
      Consumer<Lane> submitted) {
    this.targets = targets;
    this.sender = sender;
    this.clock = clock;
    this.callbacks = callbacks;
    this.submitted = submitted;
  }

  /// An attempt that is under way.
  ///
  /// @param number 1 and up
  private record Attempt(Call call, int number, RetryPolicy policy, Instant begun) {
    boolean isLast() {
      return number >= policy.attempts();
    }
  }

  /// @param attempt 1 and up
  Outcome deliver(Call call, int attempt, Payload body) throws InterruptedException {
    Optional<RetryPolicy> policy = targets.policy(call.function());
    if (policy.isEmpty()) {
      String gone = "there is no function %s any more".formatted(call.function());
      return new Outcome.Dead(new Death(gone, 404, attempt - 1, clock.instant()));
    }
    Attempt present = new Attempt(call, attempt, policy.get(), clock.instant());
    try (CallSender.Answer answer = sender.call(call, body)) {
      return answer.refusal().isPresent()
          ? refused(present, answer, answer.refusal().get())
          : answered(present, answer);
    } catch (IOException e) {
      return failed(present, 0, "the call broke: " + e.getMessage(), Optional.empty());
    }
  }

  private Outcome refused(Attempt attempt, CallSender.Answer answer, String reason) {
    if (NO_ROOM.contains(reason)) {
      return new Outcome.Refused(retryAfter(answer).orElse(Duration.ZERO), reason);
    }
    return failed(attempt, answer.status(), reason, retryAfter(answer));
  }

  private Outcome answered(Attempt attempt, CallSender.Answer answer) throws IOException {
    int status = answer.status();
    boolean again = attempt.policy().codes().contains(status);
    if (again && !attempt.isLast()) {
      return failed(attempt, status, "the function answered " + status, retryAfter(answer));
    }
    if (attempt.call().callback().isPresent()) {
      keep(attempt, status, answer.headers(), answer.body());
    } else {
      answer.body().transferTo(OutputStream.nullOutputStream());
    }
    if (status < 400) {
      return new Outcome.Done();
    }
    return new Outcome.Dead(
        new Death("the function answered " + status, status, attempt.number(), clock.instant()));
  }

  private Outcome failed(Attempt attempt, int status, String error, Optional<Duration> retryAfter) {
    RetryPolicy policy = attempt.policy();
    if (!attempt.isLast()) {
      Duration wait = retryAfter.map(policy::delay).orElseGet(() -> policy.delay(attempt.number()));
      return new Outcome.Again(wait, status, error);
    }
    if (attempt.call().callback().isPresent()) {
      try {
        keep(attempt, SERVICE_UNAVAILABLE, Map.of(), InputStream.nullInputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Outcome.Dead(new Death(error, status, attempt.number(), clock.instant()));
  }

  /// @throws IOException when the answer breaks before it is whole
  private void keep(
      Attempt attempt, int status, Map<String, List<String>> headers, InputStream body)
      throws IOException {
    Call call = attempt.call();
    URI url = call.callback().orElseThrow();
    Map<String, List<String>> told = new HashMap<>();
    headers.forEach((name, values) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!NOT_COPIED.contains(lower)) {
        told.put(lower, values);
      }
    });
    put(told, "x-call-id", call.id());
    put(told, "x-function-name", call.function().name());
    put(told, "x-function-status", Integer.toString(status));
    put(told, Headers.HOPS, Integer.toString(call.hops() + 1));
    told.putIfAbsent("x-start-time", List.of(nanos(attempt.begun())));
    if (attempt.number() > 1) {
      put(told, "x-retry", Integer.toString(attempt.number() - 1));
      put(told, "x-retry-max", Integer.toString(attempt.policy().attempts()));
    }
    try {
      append(attempt, url, told, body);
    } catch (EventTooLargeException tooLarge) {
      put(told, Headers.ERROR, "the answer is too large to be passed on");
      append(attempt, url, told, InputStream.nullInputStream());
    }
  }

  private void append(Attempt attempt, URI url, Map<String, List<String>> headers, InputStream body)
      throws IOException {
    Call call = attempt.call();
    Callback planned =
        new Callback(call.id(), call.queue(), call.function(), url, headers, call.acceptedAt());
    Lane lane = callbacks.apply(planned);
    try {
      append(lane, attempt, planned, headers, body);
      submitted.accept(lane);
    } finally {
      lane.leave();
    }
  }

  private void append(
      Lane lane,
      Attempt attempt,
      Callback planned,
      Map<String, List<String>> headers,
      InputStream body)
      throws IOException {
    try (Upload upload = lane.stream().upload()) {
      byte[] piece = new byte[PIECE];
      for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
        upload.write(ByteBuffer.wrap(Arrays.copyOf(piece, count)));
      }
      double seconds = Duration.between(attempt.begun(), clock.instant()).toNanos() / 1e9;
      put(headers, "x-duration-seconds", String.format(Locale.ROOT, "%f", seconds));
      Callback callback =
          new Callback(
              planned.id(),
              planned.queue(),
              planned.function(),
              planned.url(),
              headers,
              planned.acceptedAt());
      long sequence = Futures.join(upload.commit(ItemCodec.write(callback)));
      lane.open().index().add(sequence, callback.id());
    }
  }

  private static void put(Map<String, List<String>> headers, String name, String value) {
    headers.put(name, List.of(value));
  }

  private static String nanos(Instant time) {
    return Long.toString(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano());
  }

  private Optional<Duration> retryAfter(CallSender.Answer answer) {
    return answer.header("retry-after").flatMap(value -> Headers.wait(value, clock.instant()));
  }
}
