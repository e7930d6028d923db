package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteIndexTest {
  private static final WeightedTarget TARGET =
      new WeightedTarget(new RouteTarget.Revision(new RevisionId("n", "r")), 100);

  private static final RouteGroup.Key ANY_GROUP = new RouteGroup.Key(0, "", "");

  private static final RouteIndex INDEX =
      index(
          rule("a-root", "a", new PathMatch.Prefix("/")),
          rule("a-exact", "a", new PathMatch.Exact("/x")),
          rule("a-users", "a", new PathMatch.Template("/users/{id}")),
          rule("a-user-me", "a", new PathMatch.Template("/users/me")),
          rule("a-posts", "a", new PathMatch.Template("/users/{id}/posts")),
          rule("a-deep", "a", new PathMatch.Prefix("/deep/er/")),
          rule("any-f", "", new PathMatch.Prefix("/function/f")),
          tagged("b-tagged", Map.of("t", "1")),
          tagged("b-plain", Map.of()),
          new RouteRule(
              "b-post",
              new RouteMatch(Optional.of("b"), Set.of("POST"), new PathMatch.Exact("/p"), Map.of()),
              List.of(TARGET),
              Map.of(),
              Optional.empty()));

  @ParameterizedTest
  @CsvSource({
    "a, GET, /, '', a-root",
    "a, GET, /x, '', a-exact",
    "a, GET, /x/, '', a-root",
    "a, GET, /users/7, '', a-users",
    "a, GET, /users/me, '', a-user-me",
    "a, GET, /users/me/posts, '', a-posts",
    "a, GET, /users/, '', a-root",
    "a, GET, /deep/er, '', a-deep",
    "a, GET, /deep/er/x/y, '', a-deep",
    "a, GET, /deep/era, '', a-root",
    "a, GET, /function/f, '', a-root",
    "z, GET, /function/f, '', any-f",
    "z, GET, /function/f/x, '', any-f",
    "z, GET, /function/fx, '', none",
    "z, GET, /, '', none",
    "b, GET, /q, 1, b-tagged",
    "b, GET, /q, 2, b-plain",
    "b, POST, /p, '', b-post",
    "b, GET, /p, '', b-plain",
  })
  void theMostSpecificRuleWins(String host, String method, String path, String tag, String name) {
    HttpHeaders headers = new DefaultHttpHeaders().add("T", tag);
    Route route = INDEX.find(host, method, path, headers);
    assertThat(route == null ? "none" : route.name()).isEqualTo(name);
  }

  private static RouteIndex index(RouteRule... rules) {
    RouteBook book = new RouteBook();
    book.replace(RouteTable.of(rules));
    return book.index();
  }

  @Test
  void tenThousandHostsAreAllFound() {
    RouteIndex index =
        index(
            IntStream.range(0, 10_000)
                .mapToObj(i -> rule("r" + i, "h" + i, new PathMatch.Prefix("/")))
                .toArray(RouteRule[]::new));
    for (int i = 0; i < 10_000; i++) {
      Route route = index.find("h" + i, "GET", "/any", new DefaultHttpHeaders());
      assertThat(route).isNotNull().extracting(Route::name).isEqualTo("r" + i);
    }
  }

  @Test
  void weightsDivideTheDraws() {
    RouteTarget one = new RouteTarget.Revision(new RevisionId("n", "one"));
    RouteTarget two = new RouteTarget.Revision(new RevisionId("n", "two"));
    Route route =
        new Route(
            ANY_GROUP,
            0,
            new RouteRule(
                "split",
                new RouteMatch(Optional.empty(), Set.of(), new PathMatch.Prefix("/"), Map.of()),
                List.of(new WeightedTarget(one, 30), new WeightedTarget(two, 70)),
                Map.of(),
                Optional.empty()));
    assertThat(IntStream.range(0, 100).filter(draw -> route.target(bound -> draw).equals(one)))
        .hasSize(30);
  }

  private static RouteRule rule(String name, String host, PathMatch path) {
    return new RouteRule(
        name,
        new RouteMatch(Optional.of(host).filter(text -> !text.isEmpty()), Set.of(), path, Map.of()),
        List.of(TARGET),
        Map.of(),
        Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "true, 127.0.0.1, true",
    "true, 127.1.2.3, true",
    "true, 100.64.0.1, true",
    "true, ::1, true",
    "true, 192.0.2.1, false",
    "true, 2001:db8::1, false",
    "false, 192.0.2.1, true"
  })
  void whatIsInsideIsForThoseWhoComeInAtLoopbackOrFromInstances(
      boolean inside, String local, boolean found) {
    RouteRule rule = rule("a", "a", new PathMatch.Prefix("/"));
    Route route =
        new Route(
            ANY_GROUP,
            0,
            new RouteRule(
                rule.name(),
                rule.match(),
                rule.targets(),
                rule.setRequestHeaders(),
                rule.rewrite(),
                rule.affinity(),
                rule.httpsPort(),
                inside));
    var client = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.9"), 40000);
    var here = new InetSocketAddress(InetAddress.ofLiteral(local), 8080);
    GatewayConfig config =
        GatewayConfig.defaults(0).withInside(Set.of(InetAddress.ofLiteral("100.64.0.1")));
    assertThat(route.isFor(new Peer(client, config.isInside(here), false))).isEqualTo(found);
  }

  private static RouteRule tagged(String name, Map<String, String> headers) {
    return new RouteRule(
        name,
        new RouteMatch(Optional.of("b"), Set.of(), new PathMatch.Prefix("/"), headers),
        List.of(TARGET),
        Map.of(),
        Optional.empty());
  }
}
