package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.NodeFiles;
import dev.ebb.node.NodePaths;
import dev.ebb.node.sandbox.Mount;
import dev.ebb.node.sandbox.Security;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files that only functions have: a directory of their own, and a socket where requests come
/// by one. Thread-safe; blocks.
final class FunctionFiles {
  private static final Logger LOG = System.getLogger(FunctionFiles.class.getName());

  private final Path sockets;

  /// @param sockets has those of all instances; only the server can enter it
  FunctionFiles(Path sockets) {
    this.sockets = sockets;
  }

  /// Empty for a Pod whose requests come to a port.
  Optional<FunctionSocket> make(InstanceId id, PodPlan plan) throws IOException {
    for (ContainerPlan container : plan.containers()) {
      if (container.bySocket()) {
        var socket = find(id);
        var owner = Owner.of(plan, container);
        socket.make(owner.user(), owner.group());
        return Optional.of(socket);
      }
    }
    return Optional.empty();
  }

  /// That of a Pod that has one.
  FunctionSocket find(InstanceId id) {
    return new FunctionSocket(NodePaths.socket(sockets, id));
  }

  /// What a function sees besides the machine's programs and the Pod's volumes.
  List<Mount> mounts(PodPlan plan, ContainerPlan container, int attempt, PodSetup setup)
      throws IOException {
    if (container.function().isEmpty()) {
      return List.of();
    }
    var mounts = new ArrayList<Mount>(container.function().get().mounts());
    Path home = PodNames.home(setup.directory(), container.name(), attempt);
    var owner = Owner.of(plan, container);
    owner.take(Files.createDirectories(home));
    owner.take(Files.createDirectories(home.resolve("tmp")));
    mounts.add(Mount.writable(home, FunctionImageConfig.HOME));
    if (container.bySocket()) {
      setup.socket().ifPresent(socket -> mounts.add(socket.mount()));
    }
    return mounts;
  }

  /// A run after the first finds nothing of the one before.
  void renew(ContainerPlan container, int attempt, PodSetup setup) throws IOException {
    if (container.bySocket() && attempt > 0 && setup.socket().isPresent()) {
      setup.socket().get().clear();
    }
  }

  /// Of a run that has ended.
  void delete(Path directory, ContainerPlan container, int attempt) {
    try {
      NodeFiles.delete(PodNames.home(directory, container.name(), attempt));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete the directory of " + container.name(), e);
    }
  }

  /// Idempotent.
  void delete(InstanceId id) {
    try {
      find(id).delete();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete the socket of " + id, e);
    }
  }

  /// As whom it runs, in numbers of the container.
  private record Owner(int user, int group) {
    static Owner of(PodPlan plan, ContainerPlan container) {
      Security security = ContainerSpecs.security(plan.workload().pod(), container.container());
      boolean given = security.runAsUser().isPresent();
      return new Owner(
          (int) security.runAsUser().orElse(FunctionImageConfig.USER),
          (int) security.runAsGroup().orElse(given ? 0 : FunctionImageConfig.USER));
    }

    void take(Path directory) throws IOException {
      Files.setAttribute(directory, "unix:uid", ImageOwners.BASE + user);
      Files.setAttribute(directory, "unix:gid", ImageOwners.BASE + group);
    }
  }
}
