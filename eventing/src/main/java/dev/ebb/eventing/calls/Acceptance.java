package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.DiskFullException;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventTooLargeException;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.StreamFullException;
import dev.ebb.eventing.log.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Has calls written to the log, when they may be. Thread-safe.
final class Acceptance {
  private static final int PIECE = 1 << 14;
  private static final Pattern QUEUE = Pattern.compile("[-a-zA-Z0-9_.]{1,63}");

  private final CallsConfig config;
  private final Consumer<Lane> submitted;

  /// @param submitted told of a lane that has one more call
  Acceptance(CallsConfig config, Consumer<Lane> submitted) {
    this.config = config;
    this.submitted = submitted;
  }

  /// @param lanes empty when nothing is open yet
  /// @return as [AsyncCalls#acceptSmall]
  Optional<CompletableFuture<Void>> small(Optional<Lanes> lanes, Call call, byte[] body) {
    require(call);
    if (body.length > config.maxBodyBytes()) {
      throw tooLarge();
    }
    byte[] attributes = ItemCodec.write(call);
    return lanes
        .flatMap(open -> open.useIfOpen(name(call)))
        .map(lane -> append(lane, call.id(), new NewEvent(attributes, body)));
  }

  /// Leaves the lane when it is done.
  private CompletableFuture<Void> append(Lane lane, String id, NewEvent event) {
    CompletableFuture<Long> appended;
    try {
      appended = lane.stream().append(event);
    } catch (RuntimeException e) {
      lane.leave();
      throw e;
    }
    CompletableFuture<Void> answer = new CompletableFuture<>();
    var _ =
        appended.whenComplete((sequence, failure) -> {
          if (failure == null) {
            lane.open().index().add(sequence, id);
            submitted.accept(lane);
          }
          lane.leave();
          if (failure == null) {
            answer.complete(null);
          } else {
            answer.completeExceptionally(
                failure instanceof EventLogException reason ? refusal(reason) : failure);
          }
        });
    return answer;
  }

  /// @param lanes asked when the call may be accepted
  /// @throws IOException when the body ends before it is whole
  void streamed(Supplier<Lanes> lanes, Call call, InputStream body) throws IOException {
    require(call);
    try {
      Lane lane = lanes.get().use(name(call));
      try {
        append(lane.open(), call, body);
        submitted.accept(lane);
      } finally {
        lane.leave();
      }
    } catch (EventLogException e) {
      throw refusal(e);
    }
  }

  private void append(OpenStream open, Call call, InputStream body) throws IOException {
    try (Upload upload = open.stream().upload()) {
      byte[] piece = new byte[PIECE];
      for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
        if (upload.length() + count > config.maxBodyBytes()) {
          throw tooLarge();
        }
        // The log may keep it until it is written.
        upload.write(ByteBuffer.wrap(Arrays.copyOf(piece, count)));
      }
      open.index().add(Futures.join(upload.commit(ItemCodec.write(call))), call.id());
    }
  }

  private CallRefusedException tooLarge() {
    return new CallRefusedException(
        CallRefusedException.Reason.TOO_LARGE,
        "the body of an asynchronous call may have %d bytes".formatted(config.maxBodyBytes()));
  }

  private static CallRefusedException refusal(EventLogException e) {
    CallRefusedException.Reason reason =
        switch (e) {
          case EventTooLargeException _ -> CallRefusedException.Reason.TOO_LARGE;
          case StreamFullException _ -> CallRefusedException.Reason.QUEUE_FULL;
          case DiskFullException _ -> CallRefusedException.Reason.DISK_FULL;
          default -> CallRefusedException.Reason.BUSY;
        };
    return new CallRefusedException(reason, String.valueOf(e.getMessage()));
  }

  private static Streams.Name name(Call call) {
    return new Streams.Name(Streams.Kind.CALL, call.queue(), call.function());
  }

  private void require(Call call) {
    if (call.hops() > config.maxHops()) {
      throw new CallRefusedException(
          CallRefusedException.Reason.LOOP,
          "%d callbacks led here: they go round in a loop".formatted(call.hops()));
    }
    if (!QUEUE.matcher(call.queue()).matches()) {
      throw new CallRefusedException(
          CallRefusedException.Reason.INVALID,
          "a queue's name has 1 to 63 letters, digits and -_. characters");
    }
  }
}
