package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.NoSuchStreamException;
import dev.ebb.eventing.log.StreamFullException;
import dev.ebb.eventing.log.StreamSettings;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// An event on its way to the disk.
final class AppendOp implements Op {
  private static final int OVERHEAD = 200;

  private final StreamState stream;
  private final byte[] attributes;
  private final Content content;
  private final InstantSource clock;
  private final LongAdder appends;
  private final CompletableFuture<Long> answer = new CompletableFuture<>();

  /// As it was staged.
  private @Nullable EventRecord event;

  private int offset;

  AppendOp(
      StreamState stream,
      byte[] attributes,
      Content content,
      InstantSource clock,
      LongAdder appends) {
    this.stream = stream;
    this.attributes = attributes;
    this.content = content;
    this.clock = clock;
    this.appends = appends;
  }

  CompletableFuture<Long> answer() {
    return answer;
  }

  @Override
  public int weight() {
    int payload = content instanceof Content.Inline inline ? inline.bytes().length : 0;
    return OVERHEAD + attributes.length + payload;
  }

  @Override
  public boolean isGrowth() {
    return true;
  }

  @Override
  public void stage(EntryBuffer out) {
    long time;
    stream.lock.lock();
    try {
      if (stream.deleted) {
        throw new NoSuchStreamException("stream " + stream.name);
      }
      refuseWhenFull();
      time = Math.max(stream.lastTime, clock.millis());
    } finally {
      stream.lock.unlock();
    }
    EventRecord staged = new EventRecord(stream.id, stream.staged + 1, time, attributes, content);
    offset = staged.encode(out);
    event = staged;
    stream.staged++;
  }

  private void refuseWhenFull() {
    StreamSettings settings = stream.settings;
    if (!settings.refuseWhenFull()
        || (settings.maxEvents().isEmpty() && settings.maxBytes().isEmpty())) {
      return;
    }
    long[] kept = stream.kept();
    // Of those on their way in the same batch only the number is known.
    long staged = stream.staged - stream.last;
    if (settings.maxEvents().isPresent() && kept[0] + staged >= settings.maxEvents().getAsLong()) {
      throw new StreamFullException(
          stream.name, "it may have %d events".formatted(settings.maxEvents().getAsLong()));
    }
    if (settings.maxBytes().isPresent()
        && kept[1] + attributes.length + content.length() > settings.maxBytes().getAsLong()) {
      throw new StreamFullException(
          stream.name, "it may have %d bytes".formatted(settings.maxBytes().getAsLong()));
    }
  }

  private EventRecord event() {
    if (event == null) {
      throw new IllegalStateException("not staged");
    }
    return event;
  }

  @Override
  public void publish(Segment segment, long base) {
    EventRecord it = event();
    stream.lock.lock();
    try {
      stream.append(segment, it.sequence(), it.time(), Math.toIntExact(base + offset), it.size());
      segment.own(it);
      stream.changed.signalAll();
    } finally {
      stream.lock.unlock();
    }
    appends.increment();
  }

  @Override
  public void complete() {
    answer.complete(event().sequence());
  }

  @Override
  public void unstage() {
    event = null;
    stream.staged--;
  }

  @Override
  public void refuse(EventLogException reason) {
    answer.completeExceptionally(reason);
  }
}
