package dev.ebb.node.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The network namespaces and links that are there under a server's names, and their removal.
///
/// @param directory of the namespaces' names
/// @param machine rtnetlink of the machine's own namespace
record Remains(NetworkNames names, Path directory, Netlink machine) {
  /// The kernel needs as long for one as for many, but nobody can make a link meanwhile; and the
  /// answers must fit the socket.
  private static final int AT_ONCE = 64;

  /// Indices of addresses, of namespaces and of links without one.
  Set<Integer> find() {
    Set<Integer> indices = new HashSet<>();
    if (Files.isDirectory(directory)) {
      try (var files = Files.newDirectoryStream(directory)) {
        files.forEach(it -> names.index(it.getFileName().toString()).ifPresent(indices::add));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    new MachineNetwork(machine)
        .links()
        .values()
        .forEach(it -> names.index(it).ifPresent(indices::add));
    return indices;
  }

  /// Removes namespaces and their links, whatever of them is there. Their routes go with them.
  /// Processes that are still in one keep the namespace, but have no link.
  void remove(Collection<Integer> indices) {
    var all = new ArrayList<>(indices);
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      removeSome(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
    }
  }

  private void removeSome(List<Integer> indices) {
    var messages = new NetlinkMessages();
    indices.forEach(index -> RouteRequests.group(messages, names.pair(index), names.group()));
    ignoringAbsence(messages);
    var delete = new NetlinkMessages();
    RouteRequests.deleteGroup(delete, names.group());
    ignoringAbsence(delete);
    for (int index : indices) {
      var file = directory.resolve(names.pair(index));
      while (KernelCalls.unmount(file)) {
        // One below another, when a server was killed between two steps.
      }
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// What should be removed may be gone already.
  void ignoringAbsence(NetlinkMessages messages) {
    try {
      machine.execute(messages);
    } catch (NetlinkException e) {
      if (!e.isAbsence()) {
        throw e;
      }
    }
  }
}
