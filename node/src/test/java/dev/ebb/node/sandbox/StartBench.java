package dev.ebb.node.sandbox;

import dev.ebb.node.Linux;
import dev.ebb.node.NodeFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What a start costs, for docs/decisions/0067: `main` with the number of starts. Not part of the
/// tests.
final class StartBench {
  private static final int AT_ONCE = 200;

  private final PrintStream out;

  private StartBench(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    Path directory = Files.createTempDirectory("ebb-bench");
    var bench = new StartBench(System.out);
    try (var sandboxes = new Sandboxes(directory)) {
      bench.oneByOne(sandboxes, 20);
      bench.oneByOne(sandboxes, count);
      bench.allAtOnce(sandboxes);
    }
    NodeFiles.delete(directory);
  }

  private void oneByOne(Sandboxes sandboxes, int count) throws IOException {
    long[] starts = new long[count];
    long[] deletes = new long[count];
    long cpu = cpu();
    for (int i = 0; i < count; i++) {
      var spec = sandboxes.spec("/bin/sleep", "60");
      long begin = System.nanoTime();
      var running = sandboxes.runtime().start(spec);
      starts[i] = System.nanoTime() - begin;
      begin = System.nanoTime();
      sandboxes.runtime().delete(spec.id(), spec.bundle());
      deletes[i] = System.nanoTime() - begin;
      Linux.reap(running.pid());
    }
    tell("start", starts);
    tell("delete", deletes);
    out.printf("processor time of both, each: %.1f ms%n", (cpu() - cpu) * 10.0 / count);
  }

  private void allAtOnce(Sandboxes sandboxes) throws Exception {
    long before = available();
    long begin = System.nanoTime();
    List<ContainerSpec> specs = new ArrayList<>();
    List<Future<RunningContainer>> running = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        var spec = sandboxes.spec("/bin/sleep", "600");
        specs.add(spec);
        running.add(threads.submit(() -> sandboxes.runtime().start(spec)));
      }
    }
    out.printf("%d at once: %d ms%n", AT_ONCE, (System.nanoTime() - begin) / 1_000_000);
    out.printf("memory of each: %d KiB%n", (before - available()) / AT_ONCE);
    for (int i = 0; i < AT_ONCE; i++) {
      sandboxes.runtime().delete(specs.get(i).id(), specs.get(i).bundle());
      Linux.reap(running.get(i).get().pid());
    }
  }

  private void tell(String what, long[] nanos) {
    Arrays.sort(nanos);
    out.printf(
        "%s: min %.1f p50 %.1f p99 %.1f ms%n",
        what, nanos[0] / 1e6, nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6);
  }

  /// Of this process and its children, in clock ticks.
  private static long cpu() throws IOException {
    String line = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    long sum = 0;
    for (int i = 11; i <= 14; i++) {
      sum += Long.parseLong(fields[i]);
    }
    return sum;
  }

  private static long available() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo")).stream()
        .filter(line -> line.startsWith("MemAvailable"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
