package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.PathRoute;
import dev.ebb.node.network.NetworkStatus;
import dev.ebb.node.sandbox.SandboxReport.Check;
import dev.ebb.node.sandbox.SandboxReport.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `GET /ebb/doctor`: what is in force in this server, for `ebb doctor`.
final class DoctorEndpoint {
  private static final String PATH = "/ebb/doctor";
  private static final JsonMapper JSON = new JsonMapper();

  private final Isolation wanted;
  private final Optional<ServerContainers> containers;
  private final Check https;

  /// @param wanted by its user
  /// @param https where the gateway speaks TLS
  DoctorEndpoint(Isolation wanted, Optional<ServerContainers> containers, Check https) {
    this.wanted = wanted;
    this.containers = containers;
    this.https = https;
  }

  /// @param port that it has
  static Check https(ServerConfig config, int port) {
    return config.httpsPort().isPresent() || port == ServerConfig.HTTPS_PORT
        ? ok("HTTPS", "port " + port)
        : new Check(
            "HTTPS",
            Status.WARNING,
            "port %d, for %d was in use".formatted(port, ServerConfig.HTTPS_PORT),
            "free that port, or choose one: ebb up --https-port PORT");
  }

  PathRoute route() {
    return new PathRoute(PATH, /* open= */ false, this::handle);
  }

  private void handle(Exchange exchange) throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    DoctorCommand.write(answer.putArray("checks"), checks());
    exchange.respond(200, "application/json", JSON.writeValueAsBytes(answer));
  }

  private List<Check> checks() {
    List<Check> checks = new ArrayList<>(List.of(https));
    if (containers.isEmpty()) {
      checks.add(
          wanted == Isolation.PROCESS
              ? ok("isolation", "process, as --isolation says: no images, the machine's network")
              : new Check(
                  "isolation",
                  Status.MISSING,
                  "process: no images, the machine's network",
                  "get what is missing above, then start the server again"));
      return checks;
    }
    checks.add(ok("isolation", "container"));
    checks.add(ok("runtime", containers.get().program().toString()));
    checks.addAll(of(containers.get().network().status()));
    return checks;
  }

  static List<Check> of(NetworkStatus network) {
    return List.of(
        ok(
            "network",
            "subnet %s, gateway %s, %d in use, %d ready"
                .formatted(
                    network.subnet(),
                    network.gateway().getHostAddress(),
                    network.instances(),
                    network.ready())),
        ok("egress", network.egress() ? "to other machines by NAT" : "none, as --no-egress says"),
        network.nameServers().isEmpty()
            ? new Check(
                "DNS",
                Status.WARNING,
                "no name server for other names than services",
                "name one in /etc/resolv.conf")
            : ok(
                "DNS",
                network.nameServers().stream()
                    .map(InetSocketAddress::getHostString)
                    .collect(Collectors.joining(", ", "other names are asked for at ", ""))),
        ok("policies", "namespaces are apart, " + network.policies() + " NetworkPolicies"));
  }

  private static Check ok(String name, String found) {
    return new Check(name, Status.OK, found, "");
  }
}
