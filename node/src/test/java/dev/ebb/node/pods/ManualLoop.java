package dev.ebb.node.pods;

import dev.ebb.node.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;

/// A loop whose time goes on when a test says so, and whose work is done at once.
public final class ManualLoop implements Loop {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private record Task(long at, long number, Runnable work) {}

  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final List<Task> timers = new ArrayList<>();
  private long now;
  private long count;
  private boolean running;

  @Override
  public void execute(Runnable task) {
    ready.add(task);
    run();
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    var timer = new Task(now + delay.toNanos(), count++, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void work(Object owner, Runnable task) {
    work(task);
  }

  @Override
  public void work(Runnable task) {
    ready.add(task);
    run();
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Instant now() {
    return BEGIN.plusNanos(now);
  }

  public void pass(Duration time) {
    long end = now + time.toNanos();
    while (true) {
      var next =
          timers.stream()
              .filter(one -> one.at() <= end)
              .min(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
      if (next.isEmpty()) {
        break;
      }
      timers.remove(next.get());
      now = next.get().at();
      execute(next.get().work());
    }
    now = end;
  }

  private void run() {
    if (running) {
      return;
    }
    running = true;
    try {
      for (Runnable next = ready.poll(); next != null; next = ready.poll()) {
        next.run();
      }
    } finally {
      running = false;
    }
  }
}
