package dev.ebb.node.network;

import java.net.Inet4Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The virtual addresses of Services and what is behind them. Immutable: a change is another table.
///
/// @param ports by virtual address, protocol and port
public record ServiceTable(Map<ServicePort, Endpoints> ports) {
  public ServiceTable {
    ports = Map.copyOf(ports);
    ports
        .keySet()
        .forEach(it -> {
          if (it.port < 1 || it.port > 65_535) {
            throw new IllegalArgumentException(it + " is no port");
          }
        });
  }

  public static ServiceTable empty() {
    return new ServiceTable(Map.of());
  }

  /// @param address from [NetworkPool#serviceAddresses], a Service's `clusterIP`
  /// @param port of the Service
  public record ServicePort(Inet4Address address, Protocol protocol, int port) {}

  /// @param addresses none: nobody answers. Instances, or the gateway's address with a port at
  ///   which the server listens there
  /// @param clientAffinity a client gets the same one as long as there are as many
  ///   (`sessionAffinity: ClientIP`)
  public record Endpoints(List<Endpoint> addresses, boolean clientAffinity) {
    public Endpoints {
      addresses = List.copyOf(addresses);
    }
  }

  public record Endpoint(Inet4Address address, int port) {}

  /// Commands for `nft` that lead from one table to another; empty when they say the same.
  static String change(String table, ServiceTable from, ServiceTable to) {
    var commands = new StringBuilder();
    var gone = new HashMap<>(from.ports);
    to.ports.forEach((port, endpoints) -> {
      var before = gone.remove(port);
      if (!endpoints.equals(before)) {
        // Adding what is there already changes nothing.
        commands.append("add chain inet %s %s\n".formatted(table, chain(port)));
        commands.append("flush chain inet %s %s\n".formatted(table, chain(port)));
        if (!endpoints.addresses.isEmpty()) {
          commands.append(
              "add rule inet %s %s %s\n".formatted(table, chain(port), rule(port, endpoints)));
        }
        commands.append(element("add", table, port));
      }
    });
    gone.keySet()
        .forEach(port -> {
          commands.append(element("delete", table, port));
          commands.append("flush chain inet %s %s\n".formatted(table, chain(port)));
          commands.append("delete chain inet %s %s\n".formatted(table, chain(port)));
        });
    return commands.toString();
  }

  private static String element(String verb, String table, ServicePort port) {
    return "%s element inet %s %s { %s . %s . %d : goto %s }\n"
        .formatted(
            verb,
            table,
            NftRules.SERVICES,
            port.address.getHostAddress(),
            port.protocol.text(),
            port.port,
            chain(port));
  }

  private static String chain(ServicePort port) {
    return "service-%s-%s-%d"
        .formatted(port.address.getHostAddress(), port.protocol.text(), port.port)
        .replace('.', '-');
  }

  private static String rule(ServicePort port, Endpoints endpoints) {
    var addresses = endpoints.addresses;
    var rule = new StringBuilder("meta l4proto " + port.protocol.text() + " dnat ip to ");
    if (addresses.size() == 1) {
      return rule.append(addresses.getFirst().address.getHostAddress())
          .append(":")
          .append(addresses.getFirst().port)
          .toString();
    }
    rule.append(endpoints.clientAffinity ? "jhash ip saddr" : "numgen random")
        .append(" mod ")
        .append(addresses.size())
        .append(" map { ");
    for (int i = 0; i < addresses.size(); i++) {
      rule.append(i == 0 ? "" : ", ")
          .append(i)
          .append(" : ")
          .append(addresses.get(i).address.getHostAddress())
          .append(" . ")
          .append(addresses.get(i).port);
    }
    return rule.append(" }").toString();
  }
}
