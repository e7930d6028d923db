package dev.ebb.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The TCP ports on which anything listens in the network of one process.
public record ListeningTable(List<Listener> listeners) {
  /// @param loopback whether it is reached from inside that network only
  public record Listener(int port, boolean loopback) {}

  public ListeningTable {
    listeners = List.copyOf(listeners);
  }

  /// Empty when the process has ended.
  public static ListeningTable of(long pid) {
    var found = new ArrayList<Listener>();
    for (var table : List.of("tcp", "tcp6")) {
      try {
        Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table)).stream()
            .map(ListeningPorts.Listener::parse)
            .flatMap(java.util.Optional::stream)
            .map(one -> new Listener(one.port(), one.address().isLoopbackAddress()))
            .forEach(found::add);
      } catch (IOException e) {
        // Ended meanwhile, or a machine without IPv6.
      }
    }
    return new ListeningTable(found);
  }

  public boolean has(int port) {
    return listeners.stream().anyMatch(one -> one.port() == port);
  }

  /// Whether what listens on the port can only be reached from inside.
  public boolean onlyLoopback(int port) {
    return has(port)
        && listeners.stream().filter(one -> one.port() == port).allMatch(Listener::loopback);
  }

  /// For people: `port 80`, `ports 80, 443`; empty for none.
  public String describe() {
    var ports =
        listeners.stream().map(Listener::port).collect(Collectors.toCollection(TreeSet::new));
    if (ports.isEmpty()) {
      return "";
    }
    return (ports.size() == 1 ? "port " : "ports ")
        + ports.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
