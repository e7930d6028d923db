package dev.ebb.bench;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import dev.ebb.gateway.Gateway;
import dev.ebb.gateway.GatewayConfig;
import dev.ebb.gateway.Transport;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// The gateway alone, as `ebb up` has it, with one route to one instance: the tiny backend.
///
/// Arguments: port, the backend's unix socket, transport.
final class GatewayProcess {
  private GatewayProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    RevisionId revision = new RevisionId("default", "hello-00001");
    Transport transport = Transport.valueOf(arguments[2].toUpperCase(Locale.ROOT));
    Gateway gateway =
        new Gateway(
            GatewayConfig.defaults(Integer.parseInt(arguments[0])).withTransport(transport),
            waiting -> {},
            stuck -> {});
    gateway.revision(
        revision, new RequestLimits(0, Duration.ofMinutes(5), Duration.ZERO, Duration.ZERO, 1000));
    gateway.routes(
        RouteTable.of(
            new RouteRule(
                "default/hello",
                new RouteMatch(
                    Optional.of(Proxy.HOST), Set.of(), new PathMatch.Prefix("/"), Map.of()),
                List.of(new WeightedTarget(new RouteTarget.Revision(revision), 100)),
                Map.of("Knative-Serving-Revision", revision.name()),
                Optional.empty())));
    gateway.onInstanceEvent(
        new InstanceEvent.PhaseChanged(
            new Instance(
                new InstanceId("backend"),
                revision,
                Instance.Phase.READY,
                Optional.of(UnixDomainSocketAddress.of(arguments[1])),
                1,
                Instant.now(),
                Optional.empty(),
                true,
                Optional.empty())));
    gateway.start();
    new CountDownLatch(1).await();
  }
}
