package dev.ebb.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How long ago something was, as kubectl says it: `5s`, `3m20s`, `2h`, `4d`.
final class Ages {
  private Ages() {}

  static String age(Optional<Instant> since, Instant now) {
    return since.map(start -> text(Duration.between(start, now))).orElse("<unknown>");
  }

  static String text(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 10) {
      return seconds % 60 == 0 ? minutes + "m" : minutes + "m" + seconds % 60 + "s";
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    return hours < 48 ? hours + "h" : hours / 24 + "d";
  }
}
