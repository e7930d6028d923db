package dev.ebb.node.network;

import java.util.Locale;

/// IP protocols that have ports.
public enum Protocol {
  TCP(6),
  UDP(17);

  private final byte number;

  Protocol(int number) {
    this.number = (byte) number;
  }

  byte number() {
    return number;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
