package dev.ebb.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The TCP ports on which the processes of one session listen. Instances share the machine's
/// network, so a port alone does not tell whose it is: the socket must be open in one of the
/// session's processes.
final class ListeningPorts {
  /// `TCP_LISTEN` of the kernel, as proc_net_tcp shows it.
  private static final String LISTEN = "0A";

  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  private ListeningPorts() {}

  /// Where to connect to reach the port. Empty when no process of the session listens on it.
  static Optional<InetSocketAddress> find(long session, int port) {
    Set<String> sockets = null;
    for (Path table : TABLES) {
      for (Listener listener : read(table)) {
        if (listener.port() != port) {
          continue;
        }
        if (sockets == null) {
          sockets = sockets(session);
        }
        if (sockets.contains(listener.inode())) {
          return Optional.of(new InetSocketAddress(listener.reachableAt(), port));
        }
      }
    }
    return Optional.empty();
  }

  /// @param inode of its socket
  record Listener(InetAddress address, int port, String inode) {
    InetAddress reachableAt() {
      if (!address.isAnyLocalAddress()) {
        return address;
      }
      return InetAddress.ofLiteral(address.getAddress().length == 4 ? "127.0.0.1" : "::1");
    }

    /// Empty for a line of another state, or none. Fields: number, local and remote address, state,
    /// queues, timer, retransmits, user, timeout, inode (proc_net_tcp.rst of the kernel).
    static Optional<Listener> parse(String line) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length < 10 || !fields[3].equals(LISTEN)) {
        return Optional.empty();
      }
      int colon = fields[1].indexOf(':');
      return Optional.of(
          new Listener(
              address(fields[1].substring(0, colon)),
              Integer.parseInt(fields[1].substring(colon + 1), 16),
              fields[9]));
    }

    /// Words of 32 bits, each in the byte order of the machine.
    private static InetAddress address(String hex) {
      ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
      ByteBuffer network = ByteBuffer.allocate(words.capacity());
      words.order(ByteOrder.nativeOrder());
      while (words.hasRemaining()) {
        network.putInt(words.getInt());
      }
      try {
        return InetAddress.getByAddress(network.array());
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(hex, e);
      }
    }
  }

  private static List<Listener> read(Path table) {
    try {
      return Files.readAllLines(table).stream()
          .map(Listener::parse)
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      // A machine without IPv6 has no second table.
      return List.of();
    }
  }

  private static Set<String> sockets(long session) {
    Set<String> inodes = new HashSet<>();
    ProcessStat.all().stream()
        .filter(process -> process.session() == session)
        .forEach(process -> addSockets(process.pid(), inodes));
    return inodes;
  }

  private static void addSockets(long pid, Set<String> inodes) {
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        String target = target(descriptor);
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process has ended meanwhile.
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // Closed meanwhile.
      return "";
    }
  }
}
