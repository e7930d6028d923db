package dev.ebb.node.sandbox;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What root in a container may do (capabilities(7)). All of it holds only for what belongs to the
/// container's user namespace.
final class Capabilities {
  /// What containers have under Kubernetes when nothing is said, without `MKNOD` and `AUDIT_WRITE`,
  /// which no user namespace can give, and without `NET_RAW`, which lets neighbours be deceived.
  private static final Set<String> DEFAULT =
      Set.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  /// What can be asked for beyond: what a program may need of its own namespaces, and nothing that
  /// opens large parts of the kernel (`SYS_ADMIN`, `BPF`, `SYS_MODULE`, `NET_ADMIN` and others).
  private static final Set<String> MORE =
      Set.of(
          "AUDIT_WRITE",
          "IPC_LOCK",
          "IPC_OWNER",
          "MKNOD",
          "NET_RAW",
          "SYS_NICE",
          "SYS_PTRACE",
          "SYS_RESOURCE");

  private static final String ALL = "ALL";

  private Capabilities() {}

  /// @return with `CAP_`, sorted
  /// @throws SandboxException for one that is not given here
  static List<String> of(Security security) {
    Set<String> capabilities = new TreeSet<>(DEFAULT);
    Collection<String> drop = names(security.dropCapabilities());
    if (drop.contains(ALL)) {
      capabilities.clear();
    }
    for (String name : names(security.addCapabilities())) {
      if (name.equals(ALL)) {
        capabilities.addAll(DEFAULT);
        capabilities.addAll(MORE);
      } else if (DEFAULT.contains(name) || MORE.contains(name)) {
        capabilities.add(name);
      } else {
        throw new SandboxException(
            SandboxException.Reason.PERMISSION_DENIED,
            "capability %s is not given to containers here".formatted(name));
      }
    }
    capabilities.removeAll(drop);
    return capabilities.stream().map(name -> "CAP_" + name).toList();
  }

  private static List<String> names(List<String> asked) {
    return asked.stream().map(name -> name.startsWith("CAP_") ? name.substring(4) : name).toList();
  }
}
