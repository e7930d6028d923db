package dev.ebb.server;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.MetricSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What the server's own process costs, under the names that Prometheus's clients use.
final class JvmMetrics implements MetricSource {
  /// USER_HZ (time(7)).
  private static final double TICKS_PER_SECOND = 100;

  private static final double KIB = 1024;

  @Override
  public List<MetricFamily> metrics() {
    Runtime runtime = Runtime.getRuntime();
    return List.of(
        family(
            "process_cpu_seconds",
            "CPU time, user and system.",
            MetricFamily.Type.COUNTER,
            cpuSeconds()),
        family(
            "process_resident_memory_bytes",
            "Resident memory.",
            MetricFamily.Type.GAUGE,
            residentBytes()),
        family(
            "jvm_heap_used_bytes",
            "Heap in use.",
            MetricFamily.Type.GAUGE,
            (double) (runtime.totalMemory() - runtime.freeMemory())));
  }

  private static MetricFamily family(
      String name, String help, MetricFamily.Type type, double value) {
    return new MetricFamily(
        name, help, type, List.of(new Sample(Map.of(), new Value.Scalar(value))));
  }

  private static double cpuSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static double residentBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          * KIB;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
