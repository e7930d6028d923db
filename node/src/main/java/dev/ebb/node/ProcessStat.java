package dev.ebb.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What `/proc/PID/stat` says of a process (proc(5)).
///
/// @param state `Z` for one that has ended and was not reaped
/// @param cpuTicks processor time of its own and of its children that ended and were waited for, in
///   clock ticks
/// @param startTime in clock ticks since the boot: with the number it names one process of a boot
/// @param residentPages pages in memory
public record ProcessStat(
    long pid,
    char state,
    long group,
    long session,
    long cpuTicks,
    long startTime,
    long residentPages) {
  private static final Path PROC = Path.of("/proc");

  /// Empty when there is no such process.
  public static Optional<ProcessStat> read(long pid) {
    try {
      return Optional.of(
          parse(pid, Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public static List<ProcessStat> all() {
    var found = new ArrayList<ProcessStat>();
    try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var entry : entries) {
        read(Long.parseLong(entry.getFileName().toString())).ifPresent(found::add);
      }
    } catch (DirectoryIteratorException e) {
      throw new UncheckedIOException(e.getCause());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  // The name in parentheses may hold anything, parentheses too; the fields after it are numbers.
  static ProcessStat parse(long pid, String line) {
    var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return new ProcessStat(
        pid,
        fields[0].charAt(0),
        Long.parseLong(fields[2]),
        Long.parseLong(fields[3]),
        Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum(),
        Long.parseLong(fields[19]),
        Long.parseLong(fields[21]));
  }
}
