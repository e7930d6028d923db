package dev.ebb.controllers.podspecs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What a Pod may ask for that no node of Ebb gives: to run it without would be a lie that shows
/// only in the program's behaviour. Pure.
///
/// What others on a machine could be harmed by (the host's namespaces, privileges), what only a
/// cluster has, and what needs a driver.
public final class UnsupportedFields {
  /// @param reason in CamelCase
  /// @param message with the field, without a full stop
  public record Refusal(String reason, String message) {}

  private static final List<String> HOST_NAMESPACES = List.of("hostNetwork", "hostPID", "hostIPC");

  /// Those that Kubernetes calls safe: they change nothing but the Pod's own namespaces.
  private static final Set<String> SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.ping_group_range",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.tcp_wmem");

  private static final Set<String> RESOURCES = Set.of("cpu", "memory", "ephemeral-storage");

  private UnsupportedFields() {}

  /// The first in the order of the specification.
  ///
  /// @param spec of a Pod or a Revision
  public static Optional<Refusal> of(JsonNode spec) {
    return Stream.of(
            pod(spec),
            sysctls(spec),
            volumes(spec),
            containers(spec, "initContainers"),
            containers(spec, "containers"))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Refusal> pod(JsonNode spec) {
    for (String field : HOST_NAMESPACES) {
      if (Json.flag(spec, field)) {
        return refused(
            "HostNamespacesNotSupported", field + ": instances have namespaces of their own");
      }
    }
    if (Json.text(spec.path("os"), "name").equals("windows")) {
      return refused("PodOSNotSupported", "os.name: this machine runs linux, not windows");
    }
    String runtimeClass = Json.text(spec, "runtimeClassName");
    if (!runtimeClass.isEmpty()) {
      return refused(
          "RuntimeClassNotSupported",
          "runtimeClassName: there is no RuntimeClass \"%s\"".formatted(runtimeClass));
    }
    JsonNode dns = spec.path("dnsConfig");
    if (!dns.path("nameservers").isEmpty() || !dns.path("searches").isEmpty()) {
      return refused(
          "DNSConfigNotSupported", "dnsConfig: instances ask the DNS server of this machine's Ebb");
    }
    return profile(spec.path("securityContext"), "securityContext");
  }

  private static Optional<Refusal> sysctls(JsonNode spec) {
    for (JsonNode sysctl : spec.path("securityContext").path("sysctls")) {
      String name = Json.text(sysctl, "name");
      if (!SYSCTLS.contains(name.replace('/', '.'))) {
        return refused(
            "SysctlForbidden", "forbidden sysctl: \"%s\" not allowlisted".formatted(name));
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> volumes(JsonNode spec) {
    for (JsonNode volume : spec.path("volumes")) {
      String field = "volumes[%s]".formatted(Json.text(volume, "name"));
      if (Volumes.source(volume).isEmpty()) {
        String kind =
            volume.properties().stream()
                .map(entry -> entry.getKey())
                .filter(name -> !name.equals("name"))
                .findFirst()
                .orElse("nothing");
        return volume(field, "no volume can be made of " + kind);
      }
      for (JsonNode source : volume.path("projected").path("sources")) {
        for (String kind : List.of("clusterTrustBundle", "podCertificate")) {
          if (source.has(kind)) {
            return volume(field + ".projected", "no file can be made of " + kind);
          }
        }
      }
      if (Json.text(volume.path("emptyDir"), "medium").startsWith("HugePages")) {
        return volume(field + ".emptyDir.medium", "instances have no huge pages");
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> volume(String field, String why) {
    return refused("VolumeNotSupported", field + ": " + why);
  }

  private static Optional<Refusal> containers(JsonNode spec, String field) {
    for (JsonNode container : spec.path(field)) {
      String at = "%s[%s].".formatted(field, Json.text(container, "name"));
      Optional<Refusal> refusal =
          security(container.path("securityContext"), at + "securityContext")
              .or(() -> devices(container, at))
              .or(() -> ports(container, at))
              .or(() -> mounts(container, at));
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> security(JsonNode context, String at) {
    if (Json.flag(context, "privileged")) {
      return refused(
          "PrivilegedNotSupported", at + ".privileged: privileged containers are not allowed");
    }
    if (Json.text(context, "procMount").equals("Unmasked")) {
      return refused("ProcMountNotSupported", at + ".procMount: /proc stays masked");
    }
    return profile(context, at);
  }

  private static Optional<Refusal> profile(JsonNode context, String at) {
    for (String field : List.of("seccompProfile", "appArmorProfile")) {
      if (Json.text(context.path(field), "type").equals("Localhost")) {
        return refused(
            "ProfileNotSupported",
            "%s.%s: there are no profiles of this machine's own".formatted(at, field));
      }
    }
    return context.path("windowsOptions").isEmpty()
        ? Optional.empty()
        : refused("PodOSNotSupported", at + ".windowsOptions: this machine runs linux");
  }

  private static Optional<Refusal> devices(JsonNode container, String at) {
    if (!container.path("volumeDevices").isEmpty()) {
      return refused("DevicesNotSupported", at + "volumeDevices: instances get no block devices");
    }
    for (String kind : List.of("limits", "requests")) {
      for (String resource : Json.map(container.path("resources").path(kind)).keySet()) {
        if (!RESOURCES.contains(resource)) {
          return refused(
              "Unschedulable", "0/1 nodes are available: 1 Insufficient %s.".formatted(resource));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> ports(JsonNode container, String at) {
    for (JsonNode port : container.path("ports")) {
      if (port.path("hostPort").asInt(0) != 0) {
        return refused(
            "HostPortNotSupported",
            "%sports.hostPort: no port of the machine leads to an instance; use a Service"
                .formatted(at));
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> mounts(JsonNode container, String at) {
    for (JsonNode mount : container.path("volumeMounts")) {
      String field = "%svolumeMounts[%s].".formatted(at, Json.text(mount, "name"));
      if (!Json.text(mount, "subPathExpr").isEmpty()) {
        return refused("VolumeNotSupported", field + "subPathExpr: only subPath is known");
      }
      if (Json.text(mount, "mountPropagation").equals("Bidirectional")) {
        return refused(
            "VolumeNotSupported",
            field + "mountPropagation: only privileged containers may mount for others");
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refused(String reason, String message) {
    return Optional.of(new Refusal(reason, message));
  }
}
