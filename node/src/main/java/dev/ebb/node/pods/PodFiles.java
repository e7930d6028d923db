package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.node.NodeFiles;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.sandbox.Mount;
import dev.ebb.node.volumes.Volumes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// The directory of each Pod, with the three files of `/etc` that are the same in all its
/// containers. Thread-safe.
public final class PodFiles {
  private static final Logger LOG = System.getLogger(PodFiles.class.getName());
  private static final String HOSTS = "hosts";
  private static final String RESOLV_CONF = "resolv.conf";
  private static final String HOSTNAME = "hostname";

  private final Path work;

  PodFiles(Path work) {
    this.work = work;
  }

  Path make(InstanceId id, PodSpec pod, NetworkLease lease, String hostname) throws IOException {
    Path directory = Files.createDirectory(work.resolve(id.value()));
    var hosts = new StringBuilder(lease.hosts(hostname));
    for (PodSpec.HostAlias alias : pod.hostAliases()) {
      hosts
          .append(alias.ip())
          .append('\t')
          .append(String.join("\t", alias.hostnames()))
          .append('\n');
    }
    Files.writeString(directory.resolve(HOSTS), hosts);
    Files.writeString(directory.resolve(RESOLV_CONF), lease.resolvConf());
    Files.writeString(directory.resolve(HOSTNAME), hostname + "\n");
    return directory;
  }

  static List<Mount> mounts(Path directory) {
    return List.of(
        Mount.readOnly(directory.resolve(HOSTS), "/etc/hosts"),
        Mount.readOnly(directory.resolve(RESOLV_CONF), "/etc/resolv.conf"),
        Mount.readOnly(directory.resolve(HOSTNAME), "/etc/hostname"));
  }

  /// Whether it is the directory of a Pod.
  public static boolean isPod(Path directory) {
    return Files.exists(directory.resolve(RESOLV_CONF));
  }

  /// Directories of Pods that are not among these.
  void deleteAllBut(Collection<String> instances) {
    try (var all = Files.newDirectoryStream(work)) {
      for (Path directory : all) {
        if (isPod(directory) && !instances.contains(directory.getFileName().toString())) {
          Volumes.unmount(directory);
          NodeFiles.delete(directory);
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete what is left in " + work, e);
    }
  }

  /// Idempotent.
  void delete(InstanceId id) {
    try {
      Path directory = work.resolve(id.value());
      Volumes.unmount(directory);
      NodeFiles.delete(directory);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete the directory of " + id, e);
    }
  }
}
