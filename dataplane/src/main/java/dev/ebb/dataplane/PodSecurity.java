package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What holds for all containers of an instance that do not say otherwise: Kubernetes's
/// PodSecurityContext.
///
/// @param fsGroup owns the volumes of the instance
/// @param sysctls of the instance's own namespaces
public record PodSecurity(
    OptionalLong runAsUser,
    OptionalLong runAsGroup,
    boolean runAsNonRoot,
    OptionalLong fsGroup,
    List<Long> supplementalGroups,
    Map<String, String> sysctls) {
  public static final PodSecurity DEFAULT =
      new PodSecurity(
          OptionalLong.empty(),
          OptionalLong.empty(),
          false,
          OptionalLong.empty(),
          List.of(),
          Map.of());

  public PodSecurity {
    supplementalGroups = List.copyOf(supplementalGroups);
    sysctls = Map.copyOf(sysctls);
  }
}
