package dev.ebb.node.pods;

import java.util.Map;

/// The signal that asks a program to end, as images write it: a name with or without `SIG`, a
/// number, or `SIGRTMIN+N` (config.StopSignal of the OCI image specification; signal(7)). Pure.
final class StopSignal {
  static final int SIGTERM = 15;
  static final int SIGKILL = 9;
  private static final int RTMIN = 34;
  private static final int MAX = 64;

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", 2),
          Map.entry("QUIT", 3),
          Map.entry("ABRT", 6),
          Map.entry("KILL", SIGKILL),
          Map.entry("USR1", 10),
          Map.entry("USR2", 12),
          Map.entry("PIPE", 13),
          Map.entry("ALRM", 14),
          Map.entry("TERM", SIGTERM),
          Map.entry("CHLD", 17),
          Map.entry("CONT", 18),
          Map.entry("STOP", 19),
          Map.entry("TSTP", 20),
          Map.entry("WINCH", 28),
          Map.entry("PWR", 30));

  private StopSignal() {}

  /// SIGTERM for what cannot be read: a program must be able to end.
  static int parse(String text) {
    String name = text.startsWith("SIG") ? text.substring(3) : text;
    if (name.startsWith("RTMIN")) {
      return real(RTMIN, name.substring("RTMIN".length()));
    }
    if (name.startsWith("RTMAX")) {
      return real(MAX, name.substring("RTMAX".length()));
    }
    return NUMBERS.getOrDefault(name, number(name));
  }

  private static int real(int from, String offset) {
    if (!offset.matches("([+-]\\d{1,2})?")) {
      return SIGTERM;
    }
    int signal = from + (offset.isEmpty() ? 0 : Integer.parseInt(offset));
    return signal >= RTMIN && signal <= MAX ? signal : SIGTERM;
  }

  private static int number(String text) {
    if (!text.matches("\\d{1,2}")) {
      return SIGTERM;
    }
    int signal = Integer.parseInt(text);
    return signal >= 1 && signal <= MAX ? signal : SIGTERM;
  }
}
