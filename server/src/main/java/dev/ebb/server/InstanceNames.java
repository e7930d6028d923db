package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.node.dns.DnsRecord;
import dev.ebb.node.dns.DnsZone;
import dev.ebb.node.network.Protocol;
import dev.ebb.node.network.ServiceTable.Endpoint;
import dev.ebb.node.network.ServiceTable.Endpoints;
import dev.ebb.node.network.ServiceTable.ServicePort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A Service and its Endpoints as instances find them: names, and what is behind a virtual address.
///
/// @param records for the DNS server, by name
/// @param ports for the rules
record InstanceNames(Map<String, List<DnsRecord>> records, Map<ServicePort, Endpoints> ports) {
  /// Of a Service that is not there.
  static final InstanceNames NONE = new InstanceNames(Map.of(), Map.of());

  private static final String SERVING = "serving.knative.dev/";
  private static final String HEADLESS = "None";

  InstanceNames {
    records = Map.copyOf(records);
    ports = Map.copyOf(ports);
  }

  /// @param endpoints the Service's
  /// @param virtual asked for a Service's address where it needs one; empty when there are no more
  /// @param gateway where Knative's services are
  static InstanceNames of(
      KubernetesObject service,
      Optional<KubernetesObject> endpoints,
      Function<KubernetesObject, Optional<Inet4Address>> virtual,
      List<DnsRecord> gateway) {
    var name = DnsZone.service(service.name(), service.namespace());
    if (isKnative(service)) {
      return new InstanceNames(Map.of(name, gateway), Map.of());
    }
    var names = new HashMap<String, List<DnsRecord>>();
    var ports = new HashMap<ServicePort, Endpoints>();
    var spec = service.spec();
    if (spec.path("type").asString("").equals("ExternalName")) {
      names.put(name, List.of(new DnsRecord.Alias(spec.path("externalName").asString(""))));
    } else {
      var behind =
          endpoints.map(it -> it.json().path("subsets")).stream()
              .flatMap(it -> it.valueStream())
              .toList();
      if (spec.path("clusterIP").asString("").equals(HEADLESS)) {
        headless(names, name, behind);
      } else {
        virtual
            .apply(service)
            .ifPresent(address -> {
              names.put(name, List.of(new DnsRecord.Address(address)));
              spec.path("ports")
                  .valueStream()
                  .forEach(port -> port(ports, address, spec, port, behind));
            });
      }
      named(names, name, spec.path("ports"));
    }
    return new InstanceNames(names, ports);
  }

  /// Those that Knative's Routes and Revisions own, whose requests may have to start an instance.
  private static boolean isKnative(KubernetesObject service) {
    return service.controller().filter(owner -> owner.apiVersion().startsWith(SERVING)).isPresent();
  }

  /// All addresses under the Service's name, and each under its own where it has one.
  private static void headless(
      Map<String, List<DnsRecord>> names, String name, List<JsonNode> subsets) {
    var all = new ArrayList<DnsRecord>();
    for (var subset : subsets) {
      for (var entry : subset.path("addresses")) {
        address(entry)
            .map(DnsRecord.Address::new)
            .ifPresent(record -> {
              all.add(record);
              var hostname = entry.path("hostname").asString("");
              if (!hostname.isEmpty()) {
                names.put(hostname + "." + name, List.of(record));
              }
            });
      }
    }
    names.put(name, all);
  }

  private static void named(Map<String, List<DnsRecord>> names, String name, JsonNode ports) {
    for (var port : ports) {
      var label = port.path("name").asString("");
      if (!label.isEmpty()) {
        names.put(
            "_%s._%s.%s"
                .formatted(
                    label, port.path("protocol").asString("TCP").toLowerCase(Locale.ROOT), name),
            List.of(new DnsRecord.Service(port.path("port").asInt(), name)));
      }
    }
  }

  private static void port(
      Map<ServicePort, Endpoints> ports,
      Inet4Address address,
      JsonNode spec,
      JsonNode port,
      List<JsonNode> subsets) {
    protocol(port)
        .ifPresent(protocol -> {
          var behind = subsets.stream().flatMap(it -> endpoints(it, port)).toList();
          var affinity = spec.path("sessionAffinity").asString("").equals("ClientIP");
          ports.put(
              new ServicePort(address, protocol, port.path("port").asInt()),
              new Endpoints(behind, affinity));
        });
  }

  /// The subset's port of the same name leads to all of its addresses.
  private static Stream<Endpoint> endpoints(JsonNode subset, JsonNode port) {
    var name = port.path("name").asString("");
    return subset
        .path("ports")
        .valueStream()
        .filter(
            it -> it.path("name").asString("").equals(name) && protocol(it).equals(protocol(port)))
        .flatMap(it ->
            subset
                .path("addresses")
                .valueStream()
                .flatMap(entry -> address(entry).stream())
                .map(ip -> new Endpoint(ip, it.path("port").asInt())));
  }

  /// Empty for SCTP, which is not led on.
  private static Optional<Protocol> protocol(JsonNode port) {
    return switch (port.path("protocol").asString("TCP")) {
      case "TCP" -> Optional.of(Protocol.TCP);
      case "UDP" -> Optional.of(Protocol.UDP);
      default -> Optional.empty();
    };
  }

  /// Empty for IPv6.
  private static Optional<Inet4Address> address(JsonNode entry) {
    try {
      return InetAddress.ofLiteral(entry.path("ip").asString("")) instanceof Inet4Address ip
          ? Optional.of(ip)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
