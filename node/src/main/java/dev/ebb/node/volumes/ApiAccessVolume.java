package dev.ebb.node.volumes;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// What Kubernetes mounts into every container unless it is told not to: a token of the
/// ServiceAccount, the certificate by which the API server is known, and the namespace. Pure.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume">Bound
///   service account token volume</a>
public final class ApiAccessVolume {
  public static final String DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

  private static final String NAME = "kube-api-access";

  /// The ConfigMap of each namespace that has it.
  static final String CERTIFICATE = "kube-root-ca.crt";

  /// Kubernetes's number, by which its own tokens are told from those that users ask for.
  private static final Duration LIFETIME = Duration.ofSeconds(3607);

  private static final int MODE = 0644;

  private static final Volume.Source SOURCE =
      new Volume.Projected(
          List.of(
              new Volume.ServiceAccountToken("", LIFETIME, "token"),
              new Volume.ConfigMap(
                  CERTIFICATE,
                  List.of(new Volume.Item("ca.crt", "ca.crt", OptionalInt.empty())),
                  false),
              new Volume.DownwardApi(
                  List.of(
                      new Volume.FieldFile(
                          "namespace",
                          new EnvironmentVariable.PodField("", "metadata.namespace"),
                          OptionalInt.empty())))),
          MODE);

  private ApiAccessVolume() {}

  /// The Pod with it, in all containers that mount nothing of their own there. What the Pod says of
  /// it goes before what its ServiceAccount says.
  ///
  /// @param automounts what the ServiceAccount says
  public static PodSpec in(PodSpec pod, Optional<Boolean> automounts) {
    boolean wanted = pod.automountServiceAccountToken().or(() -> automounts).orElse(true);
    return wanted ? with(pod) : pod;
  }

  private static PodSpec with(PodSpec pod) {
    boolean wanted =
        Stream.concat(pod.initContainers().stream(), pod.containers().stream())
            .anyMatch(one -> !hasOwn(one));
    if (!wanted) {
      return pod;
    }
    String name = name(pod.volumes());
    return pod.edit()
        .initContainers(mounting(pod.initContainers(), name))
        .containers(mounting(pod.containers(), name))
        .volumes(
            Stream.concat(pod.volumes().stream(), Stream.of(new Volume(name, SOURCE))).toList())
        .build();
  }

  private static List<Container> mounting(List<Container> containers, String volume) {
    return containers.stream()
        .map(one ->
            hasOwn(one)
                ? one
                : one.edit()
                    .volumeMounts(
                        Stream.concat(
                                one.volumeMounts().stream(),
                                Stream.of(new Container.VolumeMount(volume, DIRECTORY, "", true)))
                            .toList())
                    .build())
        .toList();
  }

  private static boolean hasOwn(Container container) {
    return container.volumeMounts().stream().anyMatch(one -> one.mountPath().equals(DIRECTORY));
  }

  /// One that the Pod has not taken.
  private static String name(List<Volume> volumes) {
    String name = NAME;
    while (taken(volumes, name)) {
      name += "-";
    }
    return name;
  }

  private static boolean taken(List<Volume> volumes, String name) {
    return volumes.stream().anyMatch(one -> one.name().equals(name));
  }
}
