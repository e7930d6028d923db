package dev.ebb.dialects.openfaas;

import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the OpenFaaS gateway answers, at whatever host no service has.
public final class OpenFaasRoutes {
  /// After all services: what one of them has is its own.
  private static final RouteGroup.Key LAST = new RouteGroup.Key(Integer.MAX_VALUE, "", "openfaas");

  private OpenFaasRoutes() {}

  public static RouteGroup of(OpenFaasGateway gateway, AsyncFunctions calls) {
    return new RouteGroup(
        LAST,
        List.of(
            rule(new PathMatch.Prefix("/system"), gateway),
            rule(new PathMatch.Exact("/healthz"), gateway),
            rule(new PathMatch.Prefix("/async-function"), calls),
            rule(new PathMatch.Prefix("/function"), new UnknownFunction())));
  }

  private static RouteRule rule(PathMatch path, LocalHandler handler) {
    return new RouteRule(
        "openfaas",
        new RouteMatch(Optional.empty(), Set.of(), path, Map.of()),
        List.of(new WeightedTarget(new RouteTarget.Local(handler), 100)),
        Map.of(),
        Optional.empty());
  }
}
