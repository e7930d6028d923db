package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.EventLogException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An entry other than an event on its way to the disk.
///
/// @param <T> what who waits gets
final class EntryOp<T> implements Op {
  private static final int WEIGHT = 300;

  private final Supplier<? extends Entry> entry;
  private final Function<Entry, T> publish;
  private final Runnable undo;
  private final boolean lazy;
  private final CompletableFuture<T> answer = new CompletableFuture<>();
  private @Nullable Entry staged;
  private @Nullable T result;

  /// @param entry makes the entry, on the writing thread, when it is its turn
  /// @param publish makes it visible when it is durable
  /// @param undo called when it is refused instead
  EntryOp(
      Supplier<? extends Entry> entry, Function<Entry, T> publish, Runnable undo, boolean lazy) {
    this.entry = entry;
    this.publish = publish;
    this.undo = undo;
    this.lazy = lazy;
  }

  CompletableFuture<T> answer() {
    return answer;
  }

  @Override
  public int weight() {
    return WEIGHT;
  }

  @Override
  public boolean isLazy() {
    return lazy;
  }

  /// On a full disk attempts are not counted: the room is for acknowledgements, which make more.
  @Override
  public boolean isGrowth() {
    return lazy;
  }

  @Override
  public void stage(EntryBuffer out) {
    Entry made = entry.get();
    EntryCodec.encode(made, out);
    staged = made;
  }

  @Override
  public void publish(Segment segment, long base) {
    if (staged == null) {
      throw new IllegalStateException("not staged");
    }
    result = publish.apply(staged);
  }

  @Override
  public void complete() {
    if (result == null) {
      throw new IllegalStateException("not published");
    }
    answer.complete(result);
  }

  @Override
  public void refuse(EventLogException reason) {
    undo.run();
    answer.completeExceptionally(reason);
  }
}
