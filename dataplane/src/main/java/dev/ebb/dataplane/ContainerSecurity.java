package dev.ebb.dataplane;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What one container may do: Kubernetes's SecurityContext. What is empty follows the Pod, then the
/// image.
///
/// @param addCapabilities without `CAP_`; `ALL` for all that a sandbox can give
/// @param dropCapabilities without `CAP_`; `ALL` for all
/// @param privileged is refused by a node that does not allow it
public record ContainerSecurity(
    OptionalLong runAsUser,
    OptionalLong runAsGroup,
    Optional<Boolean> runAsNonRoot,
    boolean readOnlyRootFilesystem,
    boolean allowPrivilegeEscalation,
    boolean privileged,
    List<String> addCapabilities,
    List<String> dropCapabilities,
    SeccompProfile seccomp) {
  public static final ContainerSecurity DEFAULT =
      new ContainerSecurity(
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          false,
          false,
          false,
          List.of(),
          List.of(),
          SeccompProfile.RUNTIME_DEFAULT);

  public ContainerSecurity {
    addCapabilities = List.copyOf(addCapabilities);
    dropCapabilities = List.copyOf(dropCapabilities);
  }

  public enum SeccompProfile {
    RUNTIME_DEFAULT,
    UNCONFINED
  }
}
