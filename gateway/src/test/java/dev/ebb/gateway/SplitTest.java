package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.SessionAffinity;
import dev.ebb.dataplane.WeightedTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which revision of a split gets a request, by a tag's header and by the cookie of a session.
class SplitTest {
  private static final Pattern COOKIE =
      Pattern.compile(
          "set-cookie: (sticky=([A-Za-z0-9_-]{22}); Path=/; HttpOnly; SameSite=Lax)\r\n");
  private static final SessionAffinity STICKY = new SessionAffinity("sticky", "/", "key");

  private final Fixture fixture = Fixture.start();
  private final List<Upstream> upstreams = new ArrayList<>();

  @BeforeEach
  void revisions(@TempDir Path directory) {
    for (String revision : List.of("a", "b", "c")) {
      Upstream upstream =
          new Upstream(
              directory,
              connection -> {
                for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                  connection.answer(200, "served by " + revision + "\n" + head);
                }
              });
      upstreams.add(upstream);
      fixture.gateway.revision(id(revision), Fixture.limits(0));
      fixture.gateway.onInstanceEvent(
          new InstanceEvent.PhaseChanged(
              new Instance(
                  new InstanceId(revision + "-1"),
                  id(revision),
                  Phase.READY,
                  Optional.of(upstream.address),
                  1,
                  Instant.EPOCH,
                  Optional.empty(),
                  true,
                  Optional.empty())));
    }
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
    for (Upstream upstream : upstreams) {
      upstream.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', a, true",
    "Knative-Serving-Tag: next, b, false",
    "knative-serving-tag: next, b, false",
    "Knative-Serving-Tag: NEXT, a, true",
    "Knative-Serving-Tag: unknown, a, true",
    "Knative-Serving-Tag:, a, true",
  })
  void aHeaderNamesTheTag(String header, String revision, boolean byDefault) throws IOException {
    fixture.gateway.routes(
        RouteTable.of(
            rule(Map.of("knative-serving-tag", "next"), Map.of(), Optional.empty(), "b:100"),
            rule(
                Map.of(),
                Map.of("Knative-Serving-Default-Route", "true"),
                Optional.empty(),
                "a:100")));
    String response = call(header);
    assertThat(revisionOf(response)).isEqualTo(revision);
    assertThat(response.contains("Knative-Serving-Default-Route: true")).isEqualTo(byDefault);
  }

  @Test
  void aClientStaysWithItsRevisionWhileThatHasAShareAndIsToldOnlyOnce() throws IOException {
    split("a:50", "b:50");
    Map<String, String> cookies = new HashMap<>();
    for (int i = 0; i < 1000 && cookies.size() < 2; i++) {
      String response = call("");
      cookies.put(revisionOf(response), cookieOf(response));
    }
    assertThat(cookies).containsOnlyKeys("a", "b");
    assertStays(cookies);

    split("a:1", "b:1", "c:98");
    assertStays(cookies);

    split("b:1", "c:99");
    Set<String> now = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String response = call("Cookie: " + cookies.get("a"));
      now.add(revisionOf(response));
      assertThat(cookieOf(response)).isNotEqualTo(cookies.get("a"));
    }
    assertThat(now).doesNotContain("a").contains("c");
    assertThat(revisionOf(call("Cookie: " + cookies.get("b")))).isEqualTo("b");
  }

  @ParameterizedTest
  @CsvSource({
    "Cookie: sticky=, true",
    "Cookie: sticky, true",
    "Cookie: =; ;;sticky=default/a, true",
    "Cookie: other=VALUE, true",
    "Cookie: sticky=VALUE, false",
    "Cookie: other=1; sticky=VALUE ; more=2, false",
    "Cookie: sticky=forged; sticky=VALUE, false",
  })
  void onlyAValueThatTheGatewayGaveCounts(String header, boolean told) throws IOException {
    split("a:100");
    String value = cookieOf(call("")).substring("sticky=".length());
    split("a:1", "b:99");
    String response = call(header.replace("VALUE", value));
    assertThat(COOKIE.matcher(response).find()).isEqualTo(told);
    if (!told) {
      assertThat(revisionOf(response)).isEqualTo("a");
    }
  }

  @Test
  void anotherKeyMakesOtherValuesAndARouteWithoutAffinityNone() throws IOException {
    split("a:100");
    String mine = cookieOf(call(""));
    SessionAffinity others = new SessionAffinity("sticky", "/", "other");
    fixture.gateway.routes(RouteTable.of(rule(Map.of(), Map.of(), Optional.of(others), "a:100")));
    assertThat(cookieOf(call("Cookie: " + mine))).isNotEqualTo(mine);

    fixture.gateway.routes(RouteTable.of(rule(Map.of(), Map.of(), Optional.empty(), "a:100")));
    assertThat(COOKIE.matcher(call("")).find()).isFalse();
  }

  private void assertStays(Map<String, String> cookies) throws IOException {
    for (Map.Entry<String, String> cookie : cookies.entrySet()) {
      for (int i = 0; i < 20; i++) {
        String response = call("Cookie: " + cookie.getValue());
        assertThat(revisionOf(response)).isEqualTo(cookie.getKey());
        assertThat(COOKIE.matcher(response).find()).isFalse();
      }
    }
  }

  private void split(String... targets) {
    fixture.gateway.routes(RouteTable.of(rule(Map.of(), Map.of(), Optional.of(STICKY), targets)));
  }

  private String call(String header) throws IOException {
    try (Fixture.Client client = fixture.connect()) {
      String line = header.isEmpty() ? "" : header + "\r\n";
      return client.send("GET / HTTP/1.1\r\nHost: x\r\n" + line + "\r\n").response();
    }
  }

  private static String revisionOf(String response) {
    Matcher matcher = Pattern.compile("served by (\\w)").matcher(response);
    assertThat(matcher.find()).as(response).isTrue();
    return matcher.group(1);
  }

  private static String cookieOf(String response) {
    Matcher matcher = COOKIE.matcher(response);
    assertThat(matcher.find()).as(response).isTrue();
    return "sticky=" + matcher.group(2);
  }

  private static RouteRule rule(
      Map<String, String> headers,
      Map<String, String> told,
      Optional<SessionAffinity> affinity,
      String... targets) {
    List<WeightedTarget> weighted = new ArrayList<>();
    for (String target : targets) {
      String[] parts = target.split(":", -1);
      weighted.add(
          new WeightedTarget(new RouteTarget.Revision(id(parts[0])), Integer.parseInt(parts[1])));
    }
    return new RouteRule(
        "default/hello",
        new RouteMatch(Optional.of("x"), Set.of(), new PathMatch.Prefix("/"), headers),
        weighted,
        told,
        Optional.empty(),
        affinity,
        OptionalInt.empty(),
        false);
  }

  private static RevisionId id(String revision) {
    return new RevisionId("default", revision);
  }
}
