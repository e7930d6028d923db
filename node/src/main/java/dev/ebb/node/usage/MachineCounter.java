package dev.ebb.node.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/// What the kernel says of the whole machine (proc_stat(5), proc_meminfo(5), proc_uptime(5)).
public final class MachineCounter {
  /// `USER_HZ`: the unit of times in `/proc`, the same on all machines that Java runs on.
  public static final long NANOS_PER_TICK = 10_000_000;

  private static final Path PROC = Path.of("/proc");

  private MachineCounter() {}

  public static Counter read() {
    try {
      String uptime = Files.readString(PROC.resolve("uptime"));
      return parse(
          Files.readString(PROC.resolve("stat")),
          Files.readString(PROC.resolve("meminfo")),
          uptime);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws IllegalArgumentException when these are not the files of the kernel
  static Counter parse(String stat, String meminfo, String uptime) {
    // user nice system idle iowait irq softirq steal; guests are within user and nice.
    long[] ticks =
        Arrays.stream(stat.lines().findFirst().orElse("").strip().split(" +"))
            .skip(1)
            .limit(8)
            .mapToLong(Long::parseLong)
            .toArray();
    if (ticks.length < 4) {
      throw new IllegalArgumentException("no line of processor times: " + stat);
    }
    long idle = ticks[3] + (ticks.length > 4 ? ticks[4] : 0);
    long stolen = ticks.length > 7 ? ticks[7] : 0;
    long seconds = (long) Double.parseDouble(uptime.strip().split(" ")[0]);
    return new Counter(
        (Arrays.stream(ticks).sum() - idle - stolen) * NANOS_PER_TICK,
        kibibytes(meminfo, "MemTotal:") - kibibytes(meminfo, "MemAvailable:"),
        Duration.ofSeconds(seconds));
  }

  private static long kibibytes(String meminfo, String field) {
    return meminfo
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + field + " in meminfo"));
  }
}
