package dev.ebb.dataplane;

import dev.ebb.dataplane.PodSpec.HostAlias;
import dev.ebb.dataplane.PodSpec.RestartPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a [PodSpec] of which most is as in another one. Not for use by several threads.
public final class PodSpecBuilder {
  private final List<String> imagePullSecrets;
  private final String serviceAccount;
  private final boolean shareProcessNamespace;
  private final List<HostAlias> hostAliases;
  private List<Container> initContainers;
  private List<Container> containers;
  private List<Volume> volumes;
  private PodSecurity security;
  private RestartPolicy restartPolicy;
  private Optional<Boolean> automountServiceAccountToken;
  private Map<String, String> labels;
  private Map<String, String> annotations;
  private String hostname;

  PodSpecBuilder(PodSpec from) {
    initContainers = from.initContainers();
    containers = from.containers();
    volumes = from.volumes();
    security = from.security();
    restartPolicy = from.restartPolicy();
    imagePullSecrets = from.imagePullSecrets();
    serviceAccount = from.serviceAccount();
    automountServiceAccountToken = from.automountServiceAccountToken();
    shareProcessNamespace = from.shareProcessNamespace();
    labels = from.labels();
    annotations = from.annotations();
    hostname = from.hostname();
    hostAliases = from.hostAliases();
  }

  public PodSpecBuilder initContainers(List<Container> all) {
    initContainers = all;
    return this;
  }

  public PodSpecBuilder containers(List<Container> all) {
    containers = all;
    return this;
  }

  public PodSpecBuilder volumes(List<Volume> all) {
    volumes = all;
    return this;
  }

  public PodSpecBuilder security(PodSecurity context) {
    security = context;
    return this;
  }

  public PodSpecBuilder restartPolicy(RestartPolicy policy) {
    restartPolicy = policy;
    return this;
  }

  /// Whatever the ServiceAccount says.
  public PodSpecBuilder automountServiceAccountToken(boolean mounted) {
    automountServiceAccountToken = Optional.of(mounted);
    return this;
  }

  public PodSpecBuilder labels(Map<String, String> all) {
    labels = all;
    return this;
  }

  public PodSpecBuilder annotations(Map<String, String> all) {
    annotations = all;
    return this;
  }

  public PodSpecBuilder hostname(String name) {
    hostname = name;
    return this;
  }

  /// @throws IllegalArgumentException without a container
  public PodSpec build() {
    return new PodSpec(
        initContainers,
        containers,
        volumes,
        security,
        restartPolicy,
        imagePullSecrets,
        serviceAccount,
        automountServiceAccountToken,
        shareProcessNamespace,
        labels,
        annotations,
        hostname,
        hostAliases);
  }
}
