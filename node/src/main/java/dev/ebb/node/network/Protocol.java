package dev.ebb.node.network;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// IP protocols that have ports.
public enum Protocol {
  TCP(6),
  UDP(17),
  SCTP(132);

  private final int number;

  Protocol(int number) {
    this.number = number;
  }

  byte number() {
    return (byte) number;
  }

  /// @param name as Kubernetes writes it
  public static Optional<Protocol> of(String name) {
    return Arrays.stream(values()).filter(it -> it.name().equals(name)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
