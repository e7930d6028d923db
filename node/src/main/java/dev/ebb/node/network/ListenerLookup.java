package dev.ebb.node.network;

import dev.ebb.node.Linux;
import dev.ebb.node.ListeningTable;
import dev.ebb.node.ListeningTable.Listener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What listens in the network namespaces of instances, by sock_diag(7). The kernel looks through
/// the listening sockets alone, some 50 microseconds; for `/proc/PID/net/tcp` it looks through the
/// table of all connections of the machine, empty or not, which takes 20 milliseconds where that
/// table is large. Thread-safe.
final class ListenerLookup implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ListenerLookup.class.getName());

  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int TCP = 6;
  private static final int TCP_LISTEN = 10;
  private static final int IPV4 = 2;
  private static final int IPV6 = 10;

  /// `struct inet_diag_sockid`.
  private static final int SOCKET_ID_BYTES = 48;

  private final Netlink.Memory memory = new Netlink.Memory();
  private final int machineNamespace;

  /// Its thread moves between namespaces, so it is of no other use.
  private final ExecutorService visitor;

  ListenerLookup() {
    machineNamespace = KernelCalls.openNamespace(Path.of("/proc/self/ns/net"));
    visitor =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("ebb-listeners").factory());
  }

  /// @param namespace its file
  /// @return empty when it cannot be told: the namespace is gone, or the kernel has no sock_diag
  Optional<ListeningTable> find(Path namespace) {
    try {
      return Optional.of(CompletableFuture.supplyAsync(() -> inside(namespace), visitor).join());
    } catch (CompletionException e) {
      LOG.log(Level.DEBUG, "nothing to be told of " + namespace, e);
      return Optional.empty();
    }
  }

  private ListeningTable inside(Path namespace) {
    int descriptor = KernelCalls.openNamespace(namespace);
    try {
      KernelCalls.enterNetwork(descriptor);
      try (var sockets = Netlink.open(Netlink.SOCKETS, memory)) {
        List<Listener> found = new ArrayList<>(ask(sockets, IPV4));
        found.addAll(ask6(sockets));
        return new ListeningTable(found);
      } finally {
        KernelCalls.enterNetwork(machineNamespace);
      }
    } finally {
      Linux.close(descriptor);
    }
  }

  /// A machine without IPv6 refuses the question.
  private static List<Listener> ask6(Netlink sockets) {
    try {
      return ask(sockets, IPV6);
    } catch (NetlinkException e) {
      return List.of();
    }
  }

  /// `struct inet_diag_req_v2`.
  private static List<Listener> ask(Netlink sockets, int family) {
    var question = new NetlinkMessages();
    question
        .begin("listening sockets", SOCK_DIAG_BY_FAMILY, NetlinkMessages.DUMP | NetlinkMessages.ACK)
        .u8(family)
        .u8(TCP)
        .u16(0)
        .u32(1 << TCP_LISTEN);
    for (int word = 0; word < SOCKET_ID_BYTES / Integer.BYTES; word++) {
      question.u32(0);
    }
    return sockets.execute(question).stream().map(answer -> listener(answer, family)).toList();
  }

  /// `struct inet_diag_msg`: family, state, timer and retransmits of a byte each, the port in
  /// network order, the other's port, the address in sixteen bytes.
  private static Listener listener(ByteBuffer answer, int family) {
    int port = ((answer.get(4) & 0xff) << 8) | (answer.get(5) & 0xff);
    byte[] address = new byte[family == IPV4 ? 4 : 16];
    answer.get(8, address);
    try {
      return new Listener(port, InetAddress.getByAddress(address).isLoopbackAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError("only of a length that is none", e);
    }
  }

  /// Waits for a question that is being answered.
  @Override
  public void close() {
    visitor.close();
    Linux.close(machineNamespace);
  }
}
