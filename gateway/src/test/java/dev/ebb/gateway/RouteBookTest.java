package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteChange;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteBookTest {
  private static final WeightedTarget TARGET =
      new WeightedTarget(new RouteTarget.Revision(new RevisionId("n", "r")), 100);

  private static final List<String> HOSTS = List.of("a", "b", "c", "Aa", "BB");
  private static final List<String> PATHS =
      List.of("/", "/x", "/x/", "/x/y", "/x/y/z", "/u/1", "/u/1/p", "/u/me", "/u/me/p", "/u//p");
  private static final List<PathMatch> MATCHES =
      List.of(
          new PathMatch.Prefix("/"),
          new PathMatch.Prefix("/x"),
          new PathMatch.Prefix("/x/y/"),
          new PathMatch.Prefix("/u"),
          new PathMatch.Exact("/x"),
          new PathMatch.Exact("/u/1"),
          new PathMatch.Template("/u/{id}"),
          new PathMatch.Template("/u/{name}"),
          new PathMatch.Template("/u/me"),
          new PathMatch.Template("/u/{id}/p"),
          new PathMatch.Template("/{any}/me/p"));
  private static final List<Map<String, String>> HEADERS =
      List.of(Map.of(), Map.of("t", "1"), Map.of("t", "2"), Map.of("t", "1", "s", "1"));

  /// What [RouteTable] says, over all rules in order.
  private static @Nullable RouteRule find(
      List<RouteRule> rules, String host, String method, String path, HttpHeaders headers) {
    for (Optional<String> where : List.of(Optional.of(host), Optional.<String>empty())) {
      Optional<RouteRule> found =
          rules.stream()
              .filter(rule -> rule.match().host().equals(where))
              .filter(rule -> matches(rule.match().path(), path))
              .filter(rule ->
                  rule.match().methods().isEmpty() || rule.match().methods().contains(method))
              .filter(rule ->
                  rule.match().headers().entrySet().stream()
                      .allMatch(header -> header.getValue().equals(headers.get(header.getKey()))))
              .min(
                  Comparator.comparing((RouteRule rule) -> rank(rule.match().path()))
                      .thenComparingInt(rule -> -rule.match().headers().size()));
      if (found.isPresent()) {
        return found.get();
      }
    }
    return null;
  }

  private static boolean matches(PathMatch match, String path) {
    return switch (match) {
      case PathMatch.Exact(String exact) -> path.equals(exact);
      case PathMatch.Prefix(String prefix) ->
          (path + "/").startsWith(prefix.endsWith("/") ? prefix : prefix + "/");
      case PathMatch.Template(String template) ->
          path.matches(template.replaceAll("\\{\\w+}", "[^/]+"));
    };
  }

  /// The lesser goes first: exact, templates by their first variable segment, the longest prefix.
  private static String rank(PathMatch match) {
    return switch (match) {
      case PathMatch.Exact _ -> "0";
      case PathMatch.Template(String template) ->
          "1"
              + Stream.of(template.split("/"))
                  .map(segment -> segment.startsWith("{") ? "v" : "l")
                  .reduce("", String::concat);
      case PathMatch.Prefix(String prefix) ->
          "2%03d".formatted(999 - prefix.replaceAll("/$", "").length());
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void afterEachChangeItAnswersLikeAllRulesReadInOrder(long seed) {
    Random random = new Random(seed);
    RouteBook book = new RouteBook();
    SortedMap<RouteGroup.Key, List<RouteRule>> expected = new TreeMap<>();
    for (int step = 0; step < 1_000; step++) {
      List<RouteGroup> groups = new ArrayList<>();
      for (RouteGroup.Key key : keys(random)) {
        List<RouteRule> rules = rules(random, expected.getOrDefault(key, List.of()));
        groups.add(new RouteGroup(key, rules));
      }
      if (random.nextInt(50) == 0) {
        expected.clear();
        book.replace(new RouteTable(groups));
      } else {
        book.change(new RouteChange(groups));
      }
      groups.forEach(group -> expected.put(group.key(), group.rules()));
      List<RouteRule> rules = expected.values().stream().flatMap(List::stream).toList();
      if (step % 50 == 0) {
        assertAnswers(book.index(), rules, PATHS, HEADERS);
      } else {
        assertAnswers(
            book.index(), rules, List.of(one(random, PATHS)), List.of(one(random, HEADERS)));
      }
    }
    book.replace(RouteTable.of());
    assertAnswers(book.index(), List.of(), PATHS, HEADERS);
  }

  private static void assertAnswers(
      RouteIndex index,
      List<RouteRule> rules,
      List<String> paths,
      List<Map<String, String>> allHeaders) {
    for (String host : List.of("a", "b", "c", "Aa", "BB", "z")) {
      for (String path : paths) {
        for (Map<String, String> asked : allHeaders) {
          HttpHeaders headers = new DefaultHttpHeaders();
          asked.forEach(headers::add);
          Route route = index.find(host, "GET", path, headers);
          RouteRule rule = find(rules, host, "GET", path, headers);
          assertThat(route == null ? null : route.rule())
              .as("%s%s %s", host, path, asked)
              .isEqualTo(rule);
        }
      }
    }
  }

  private static Set<RouteGroup.Key> keys(Random random) {
    Map<RouteGroup.Key, Boolean> keys = new HashMap<>();
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      keys.put(
          new RouteGroup.Key(
              random.nextInt(3), one(random, List.of("m", "m-n")), "" + random.nextInt(4)),
          true);
    }
    return keys.keySet();
  }

  /// None, those before without one or with one more, or others.
  private static List<RouteRule> rules(Random random, List<RouteRule> before) {
    List<RouteRule> rules = new ArrayList<>(random.nextBoolean() ? before : List.of());
    if (!rules.isEmpty() && random.nextBoolean()) {
      rules.remove(random.nextInt(rules.size()));
    }
    for (int count = random.nextInt(4); count > 0 && rules.size() < 6; count--) {
      rules.add(random.nextInt(rules.size() + 1), rule(random));
    }
    return rules;
  }

  private static RouteRule rule(Random random) {
    return new RouteRule(
        "r" + random.nextInt(1_000_000),
        new RouteMatch(
            random.nextInt(3) == 0 ? Optional.empty() : Optional.of(one(random, HOSTS)),
            random.nextInt(4) == 0 ? Set.of("POST") : Set.of(),
            one(random, MATCHES),
            one(random, HEADERS)),
        List.of(TARGET),
        Map.of(),
        Optional.empty());
  }

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @Test
  void whatDidNotChangeIsTakenOver() {
    RouteBook book = new RouteBook();
    RouteGroup.Key mine = new RouteGroup.Key(0, "n", "mine");
    RouteGroup.Key other = new RouteGroup.Key(0, "n", "other");
    book.replace(new RouteTable(List.of(group(mine, "a", "b"), group(other, "c"))));
    RouteIndex before = book.index();
    book.change(new RouteChange(List.of(group(mine, "a", "d"))));
    for (String same : List.of("a", "c")) {
      assertThat(found(book.index(), same)).isNotNull().isSameAs(found(before, same));
    }
    assertThat(found(book.index(), "b")).isNull();
    assertThat(found(before, "b")).as("requests that began before").isNotNull();
    book.change(new RouteChange(List.of(group(mine, "a", "d"))));
    assertThat(found(book.index(), "d")).isNotNull();
  }

  @Test
  void aRuleThatCannotBeUsedChangesNothing() {
    RouteBook book = new RouteBook();
    RouteGroup.Key mine = new RouteGroup.Key(0, "n", "mine");
    book.replace(new RouteTable(List.of(group(mine, "a"))));
    RouteIndex before = book.index();
    RouteRule nowhere =
        new RouteRule(
            "nowhere",
            new RouteMatch(Optional.of("b"), Set.of(), new PathMatch.Prefix("/"), Map.of()),
            List.of(),
            Map.of(),
            Optional.empty());
    RouteChange change =
        new RouteChange(
            List.of(
                group(mine, "c"),
                new RouteGroup(new RouteGroup.Key(0, "n", "other"), List.of(nowhere))));
    assertThatThrownBy(() -> book.change(change)).isInstanceOf(IllegalArgumentException.class);
    assertThat(book.index()).isSameAs(before);
    book.change(new RouteChange(List.of(group(mine, "c"))));
    assertThat(found(book.index(), "a")).isNull();
    assertThat(found(book.index(), "c")).isNotNull();
  }

  @Test
  void aChangeThatNamesAGroupTwiceIsRefused() {
    RouteGroup group = group(new RouteGroup.Key(0, "n", "mine"), "a");
    assertThatThrownBy(() -> new RouteChange(List.of(group, group)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RouteTable(List.of(group, group)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static @Nullable Route found(RouteIndex index, String host) {
    return index.find(host, "GET", "/", new DefaultHttpHeaders());
  }

  private static RouteGroup group(RouteGroup.Key key, String... hosts) {
    return new RouteGroup(
        key,
        Stream.of(hosts)
            .map(host ->
                new RouteRule(
                    host,
                    new RouteMatch(
                        Optional.of(host), Set.of(), new PathMatch.Prefix("/"), Map.of()),
                    List.of(TARGET),
                    Map.of(),
                    Optional.empty()))
            .toList());
  }
}
