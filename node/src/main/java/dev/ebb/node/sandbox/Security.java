package dev.ebb.node.sandbox;

import java.util.List;
import java.util.OptionalLong;

/// What a container's programs may do, after Pod and container have been put together (Kubernetes's
/// SecurityContext). There is no privileged container.
///
/// @param runAsUser 0..65535; empty for the image's user
/// @param runAsGroup 0..65535; empty for the group of the user
/// @param runAsNonRoot refuses to start as user 0
/// @param fsGroup one more group
/// @param addCapabilities without `CAP_`; `ALL` for all that a user namespace can give
/// @param dropCapabilities without `CAP_`; `ALL` for all
/// @param allowPrivilegeEscalation false sets `no_new_privs`
public record Security(
    OptionalLong runAsUser,
    OptionalLong runAsGroup,
    boolean runAsNonRoot,
    OptionalLong fsGroup,
    List<Long> supplementalGroups,
    boolean readOnlyRootFilesystem,
    List<String> addCapabilities,
    List<String> dropCapabilities,
    boolean allowPrivilegeEscalation,
    Seccomp seccomp) {
  public static final Security DEFAULT =
      new Security(
          OptionalLong.empty(),
          OptionalLong.empty(),
          false,
          OptionalLong.empty(),
          List.of(),
          false,
          List.of(),
          List.of(),
          false,
          Seccomp.RUNTIME_DEFAULT);

  public Security {
    supplementalGroups = List.copyOf(supplementalGroups);
    addCapabilities = List.copyOf(addCapabilities);
    dropCapabilities = List.copyOf(dropCapabilities);
  }

  public enum Seccomp {
    RUNTIME_DEFAULT,
    UNCONFINED
  }
}
