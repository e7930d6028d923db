package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What runs together in one instance: containers that share a network, an address and volumes. The
/// words are those of Kubernetes's PodSpec.
///
/// @param initContainers run one after the other before the others start; one with `restartAlways`
///   goes on beside them
/// @param containers at least one; the first is the one that takes requests
/// @param imagePullSecrets names of Secrets in the instance's namespace
/// @param serviceAccount whose token and pull secrets the instance gets; never empty
/// @param automountServiceAccountToken empty where the ServiceAccount decides
/// @param labels of the Pod, for field references
/// @param annotations of the Pod, for field references
/// @param hostname empty for the instance's name
public record PodSpec(
    List<Container> initContainers,
    List<Container> containers,
    List<Volume> volumes,
    PodSecurity security,
    RestartPolicy restartPolicy,
    List<String> imagePullSecrets,
    String serviceAccount,
    Optional<Boolean> automountServiceAccountToken,
    boolean shareProcessNamespace,
    Map<String, String> labels,
    Map<String, String> annotations,
    String hostname,
    List<HostAlias> hostAliases) {
  public PodSpec {
    if (containers.isEmpty()) {
      throw new IllegalArgumentException("an instance needs a container");
    }
    initContainers = List.copyOf(initContainers);
    containers = List.copyOf(containers);
    volumes = List.copyOf(volumes);
    imagePullSecrets = List.copyOf(imagePullSecrets);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    hostAliases = List.copyOf(hostAliases);
  }

  /// When an ended container is started again.
  public enum RestartPolicy {
    ALWAYS,
    ON_FAILURE,
    NEVER
  }

  /// A line of the containers' `/etc/hosts`.
  public record HostAlias(String ip, List<String> hostnames) {
    public HostAlias {
      hostnames = List.copyOf(hostnames);
    }
  }

  /// These containers and nothing else that is said.
  ///
  /// @throws IllegalArgumentException without a container
  public static PodSpec of(Container... containers) {
    return of(List.of(containers));
  }

  /// As [#of(Container...)].
  public static PodSpec of(List<Container> containers) {
    return new PodSpec(
        List.of(),
        containers,
        List.of(),
        PodSecurity.DEFAULT,
        RestartPolicy.ALWAYS,
        List.of(),
        "default",
        Optional.empty(),
        false,
        Map.of(),
        Map.of(),
        "",
        List.of());
  }

  /// For a copy that differs.
  public PodSpecBuilder edit() {
    return new PodSpecBuilder(this);
  }
}
