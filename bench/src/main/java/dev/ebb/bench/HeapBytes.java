package dev.ebb.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/// Bytes of the objects that live, after a full collection, by the JVM's class histogram.
final class HeapBytes {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  /// What the collector puts where nothing is, so that a region of the heap can be walked.
  private static final Pattern FILLER =
      Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +\\[?L?jdk\\.internal\\.vm\\.Filler\\w+");

  private HeapBytes() {}

  static long of(long pid) {
    return total(
        Processes.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")));
  }

  /// Of this process, which stands still while it is counted, so that it could not read what a
  /// `jcmd` of its own printed.
  static long ofThisProcess() {
    try {
      Object histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return total(String.valueOf(histogram));
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long total(String histogram) {
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IllegalStateException("no histogram:\n" + histogram);
    }
    long filler =
        FILLER.matcher(histogram).results().mapToLong(line -> Long.parseLong(line.group(1))).sum();
    return Long.parseLong(total.group(1)) - filler;
  }
}
