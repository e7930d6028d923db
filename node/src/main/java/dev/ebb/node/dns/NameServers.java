package dev.ebb.node.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// The name servers that the machine itself uses, from resolv.conf(5), read anew for every question
/// that is not remembered: it changes when a laptop moves.
public record NameServers(Path file) implements Supplier<List<InetSocketAddress>> {
  private static final int PORT = 53;

  /// What resolvers use of the file (`MAXNS`).
  private static final int MOST = 3;

  @Override
  public List<InetSocketAddress> get() {
    try (var lines = Files.lines(file)) {
      return lines
          .map(line -> line.strip().split("\\s+"))
          .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
          .flatMap(words -> address(words[1]))
          .limit(MOST)
          .map(it -> new InetSocketAddress(it, PORT))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static java.util.stream.Stream<InetAddress> address(String text) {
    try {
      return java.util.stream.Stream.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return java.util.stream.Stream.empty();
    }
  }
}
