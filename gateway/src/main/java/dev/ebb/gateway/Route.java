package dev.ebb.gateway;

import dev.ebb.dataplane.Interned;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.PathRewrite;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// One rule, made ready for use.
final class Route {
  /// Which of those that are for the same host and path is asked first.
  private static final Comparator<Route> ORDER =
      Comparator.comparingInt((Route route) -> route.headers.size())
          .reversed()
          .thenComparing(route -> route.group)
          .thenComparingInt(route -> route.position);

  /// None, where there could be some.
  static final Route[] NONE = {};

  private static final int PERCENT = 100;

  /// Names of headers as they are sent. They are few: the control plane chooses them.
  private static final Map<String, AsciiString> NAMES = new ConcurrentHashMap<>();

  private final RouteGroup.Key group;
  private final int position;
  private final RouteRule rule;
  private final Set<String> methods;
  private final List<Map.Entry<String, String>> headers;
  private final List<Map.Entry<AsciiString, String>> requestHeaders;
  private final WeightedTarget[] targets;
  private final @Nullable AffinityCookie affinity;

  /// @param position among the rules of its group
  Route(RouteGroup.Key group, int position, RouteRule rule) {
    this.group = group;
    this.position = position;
    this.rule = rule;
    this.methods = rule.match().methods();
    this.headers = List.copyOf(rule.match().headers().entrySet());
    this.requestHeaders =
        Interned.of(
            rule.setRequestHeaders().entrySet().stream()
                .map(header ->
                    Map.entry(
                        NAMES.computeIfAbsent(header.getKey(), AsciiString::cached),
                        header.getValue()))
                .toList());
    this.targets =
        rule.targets().stream()
            .filter(target -> target.percent() > 0)
            .toArray(WeightedTarget[]::new);
    if (targets.length == 0) {
      throw new IllegalArgumentException("rule " + rule.name() + " has no target");
    }
    this.affinity =
        rule.affinity()
            .map(settings ->
                new AffinityCookie(
                    settings, Arrays.stream(targets).map(WeightedTarget::target).toList()))
            .orElse(null);
  }

  RouteRule rule() {
    return rule;
  }

  /// @param present in order
  Route[] addedTo(Route[] present) {
    int at = 0;
    while (at < present.length && ORDER.compare(present[at], this) < 0) {
      at++;
    }
    Route[] more = new Route[present.length + 1];
    System.arraycopy(present, 0, more, 0, at);
    more[at] = this;
    System.arraycopy(present, at, more, at + 1, present.length - at);
    return more;
  }

  Route[] takenFrom(Route[] present) {
    return present.length == 1 && present[0] == this
        ? NONE
        : Arrays.stream(present).filter(route -> route != this).toArray(Route[]::new);
  }

  boolean isFor(Peer peer) {
    return !rule.inside() || peer.isInside();
  }

  /// @see RouteRule#httpsPort
  OptionalInt httpsPort() {
    return rule.httpsPort();
  }

  /// @see RouteRule#callHeaders
  boolean hasCallHeaders() {
    return rule.callHeaders();
  }

  String name() {
    return rule.name();
  }

  Optional<String> host() {
    return rule.match().host();
  }

  PathMatch path() {
    return rule.match().path();
  }

  /// The names keep their hash, which each request needs.
  List<Map.Entry<AsciiString, String>> requestHeaders() {
    return requestHeaders;
  }

  boolean accepts(String method, HttpHeaders present) {
    if (!methods.isEmpty() && !methods.contains(method)) {
      return false;
    }
    for (Map.Entry<String, String> header : headers) {
      if (!present.contains(header.getKey(), header.getValue(), false)) {
        return false;
      }
    }
    return true;
  }

  /// Who gets a request: the target that its client had before, where the rule says so, else any.
  /// The request then knows what its client is to be told.
  ///
  /// @param random as in [#target(IntUnaryOperator)]
  RouteTarget target(ClientRequest request, Peer peer, IntUnaryOperator random) {
    AffinityCookie cookie = affinity;
    if (cookie == null) {
      return target(random);
    }
    RouteTarget had = cookie.find(request.message.headers());
    if (had != null) {
      return had;
    }
    RouteTarget drawn = target(random);
    request.setCookie = cookie.setCookie(drawn, peer.isSecure(request.message.headers()));
    return drawn;
  }

  /// @param random gives a number from 0 to one less than its argument
  RouteTarget target(IntUnaryOperator random) {
    if (targets.length == 1) {
      return targets[0].target();
    }
    int draw = random.applyAsInt(PERCENT);
    for (WeightedTarget target : targets) {
      draw -= target.percent();
      if (draw < 0) {
        return target.target();
      }
    }
    return targets[targets.length - 1].target();
  }

  /// The path as the target gets it.
  String rewrite(String path) {
    if (rule.rewrite().isEmpty()) {
      return path;
    }
    return switch (rule.rewrite().get()) {
      case PathRewrite.Replace(String replacement) -> replacement;
      case PathRewrite.StripPrefix(String prefix) -> strip(path, prefix);
    };
  }

  private static String strip(String path, String prefix) {
    if (!path.startsWith(prefix)) {
      return path;
    }
    String rest = path.substring(prefix.length());
    return rest.startsWith("/") ? rest : "/" + rest;
  }
}
