package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One way from a request to targets.
///
/// @param name for logs and metrics: `default/hello`
/// @param targets percentages sum up to 100
/// @param setRequestHeaders added to, or replacing in, the request that goes on
/// @param rewrite how the path changes on its way
/// @param affinity empty where each request is for any of the targets
/// @param httpsPort clients that come without TLS are told to come back with it (301), at this port
///   of the same host; empty where they are served as they come
/// @param inside only for clients on this machine, among them its instances: who comes in at an
///   address of the machine that others reach too finds nothing here
/// @param callHeaders whether functions and their callers are told of each call what OpenFaaS's
///   gateway tells them: `X-Call-Id`, `X-Start-Time`, and to callers `X-Served-By`
public record RouteRule(
    String name,
    RouteMatch match,
    List<WeightedTarget> targets,
    Map<String, String> setRequestHeaders,
    Optional<PathRewrite> rewrite,
    Optional<SessionAffinity> affinity,
    OptionalInt httpsPort,
    boolean inside,
    boolean callHeaders) {
  /// The rules of a service, one for each of its names, have the same targets and headers.
  public RouteRule {
    targets = Interned.of(List.copyOf(targets));
    setRequestHeaders = Interned.of(Map.copyOf(setRequestHeaders));
  }

  public RouteRule(
      String name,
      RouteMatch match,
      List<WeightedTarget> targets,
      Map<String, String> setRequestHeaders,
      Optional<PathRewrite> rewrite) {
    this(
        name,
        match,
        targets,
        setRequestHeaders,
        rewrite,
        Optional.empty(),
        OptionalInt.empty(),
        /* inside= */ false);
  }

  /// Without headers of calls.
  public RouteRule(
      String name,
      RouteMatch match,
      List<WeightedTarget> targets,
      Map<String, String> setRequestHeaders,
      Optional<PathRewrite> rewrite,
      Optional<SessionAffinity> affinity,
      OptionalInt httpsPort,
      boolean inside) {
    this(
        name,
        match,
        targets,
        setRequestHeaders,
        rewrite,
        affinity,
        httpsPort,
        inside,
        /* callHeaders= */ false);
  }
}
