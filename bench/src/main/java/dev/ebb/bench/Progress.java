package dev.ebb.bench;

/// Says on standard error what is being done.
final class Progress {
  private Progress() {}

  static void step(String text) {
    System.err.println("bench: " + text);
  }
}
