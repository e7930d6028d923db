package dev.ebb.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// The program that crash tests run and kill: workers that write what everybody can foretell, and
/// say so only when the store has acknowledged it.
///
/// Operation `n` of a worker concerns its key `n mod 8`, which is created, then updated, then
/// deleted, and so on; only key 0 is never deleted. So the number of operations done tells the
/// value of each key, and the values of all keys tell the number.
final class Workload {
  static final int KEYS = 8;

  private Workload() {}

  /// @param args database, file for the acknowledgements, name of the run, how often the store is
  ///   opened and closed, workers, operations of each worker each time, durability of the even and
  ///   of the odd workers
  public static void main(String[] args) throws Exception {
    int sessions = Integer.parseInt(args[3]);
    int workers = Integer.parseInt(args[4]);
    int operations = Integer.parseInt(args[5]);
    List<Durability> durabilities =
        List.of(Durability.valueOf(args[6]), Durability.valueOf(args[7]));
    try (OutputStream acknowledgements = new FileOutputStream(args[1], true)) {
      for (int session = 0; session < sessions; session++) {
        try (Store store = new SqliteStore(Path.of(args[0]));
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<?>> running = new ArrayList<>();
          for (int i = 0; i < workers; i++) {
            String worker = worker(args[2], i);
            Durability durability = durabilities.get(i % 2);
            int first = session * operations;
            running.add(
                threads.submit(() -> {
                  for (int n = first; n < first + operations; n++) {
                    long revision = write(store, worker, n, durability);
                    acknowledge(acknowledgements, worker, n, revision);
                  }
                  return null;
                }));
          }
          for (Future<?> future : running) {
            future.get();
          }
        }
      }
    }
  }

  static String worker(String run, int number) {
    return "/" + run + "/" + number;
  }

  /// Does operation `n` of a worker.
  static long write(Store store, String worker, int n, Durability durability) {
    String key = key(worker, n);
    Optional<byte[]> value = valueAfter(worker, n);
    if (value.isEmpty()) {
      return store.delete(key, store.get(key).orElseThrow().revision(), durability);
    }
    return store
        .get(key)
        .map(entry -> store.update(key, value.get(), entry.revision(), durability))
        .orElseGet(() -> store.create(key, value.get(), durability))
        .revision();
  }

  /// The state after how many operations of a worker the store shows, if after any.
  ///
  /// @param from the least number it can be
  /// @param to the greatest number it can be
  static OptionalInt operationsShown(Store store, String worker, int from, int to) {
    return IntStream.rangeClosed(from, to)
        .filter(operations -> shows(store, worker, operations))
        .findFirst();
  }

  private static boolean shows(Store store, String worker, int operations) {
    for (int key = 0; key < KEYS; key++) {
      int last = operations - 1 - Math.floorMod(operations - 1 - key, KEYS);
      Optional<byte[]> expected = last < 0 ? Optional.empty() : valueAfter(worker, last);
      Optional<byte[]> stored = store.get(key(worker, key)).map(Entry::value);
      if (!Arrays.equals(expected.orElse(null), stored.orElse(null))) {
        return false;
      }
    }
    return true;
  }

  private static String key(String worker, int n) {
    return worker + "/" + n % KEYS;
  }

  /// Of different sizes up to 9 KiB, from a part of a page to several pages.
  private static Optional<byte[]> valueAfter(String worker, int n) {
    if (n % KEYS != 0 && n / KEYS % 3 == 2) {
      return Optional.empty();
    }
    byte[] value = Arrays.copyOf((worker + " " + n + " ").getBytes(US_ASCII), 64 + n * 97 % 9000);
    return Optional.of(value);
  }

  static void acknowledge(OutputStream out, String worker, int n, long revision)
      throws IOException {
    // One system call, so that a line is there whole or not at all.
    out.write("%s %d %d\n".formatted(worker, n, revision).getBytes(US_ASCII));
  }
}
