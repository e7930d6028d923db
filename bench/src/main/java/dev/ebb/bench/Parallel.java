package dev.ebb.bench;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Work that several clients share.
final class Parallel {
  private static final int WRITERS = 16;

  private Parallel() {}

  /// Runs the work for each index, and returns when all is done.
  static void run(int count, IntConsumer work) {
    List<Thread> writers =
        IntStream.range(0, WRITERS)
            .mapToObj(writer ->
                Thread.ofVirtual()
                    .start(() ->
                        IntStream.range(0, count)
                            .filter(index -> index % WRITERS == writer)
                            .forEach(work)))
            .toList();
    for (Thread writer : writers) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
