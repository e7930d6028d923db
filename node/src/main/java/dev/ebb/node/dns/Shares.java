package dev.ebb.node.dns;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// A number of places of which each client gets at most its share. Thread-safe.
final class Shares {
  private final int all;
  private final int each;
  private final Map<InetAddress, Integer> taken = new HashMap<>();
  private int total;

  Shares(int all, int each) {
    this.all = all;
    this.each = each;
  }

  synchronized boolean take(InetAddress client) {
    int own = taken.getOrDefault(client, 0);
    if (total >= all || own >= each) {
      return false;
    }
    total++;
    taken.put(client, own + 1);
    return true;
  }

  synchronized void give(InetAddress client) {
    total--;
    taken.computeIfPresent(client, (ignored, own) -> own > 1 ? own - 1 : null);
  }
}
