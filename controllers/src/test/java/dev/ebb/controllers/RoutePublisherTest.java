package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.DomainAssignment.Target.ToRevision;
import dev.ebb.controllers.DomainAssignment.Target.ToRoute;
import dev.ebb.controllers.RouteAssignment.Redirection;
import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePublisherTest {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name);

  /// `a-b/x` is before `a/x` as text, and after it as namespace and name.
  private static final List<ObjectKey> KEYS =
      List.of(key("a", "x"), key("a", "y"), key("a", "y-x"), key("a-b", "x"), key("a-b", "z"));

  private static final List<String> HOSTS = List.of("h0", "h1", "h2", "d0", "d1", "d2");
  private static final List<String> DOMAINS = List.of("d0", "d1", "d2", "d3", "h0");

  private final RecordingGateway gateway = new RecordingGateway();
  private final RoutePublisher publisher = new RoutePublisher(gateway);
  private final SortedMap<ObjectKey, RouteAssignment> routes = new TreeMap<>(ORDER);
  private final SortedMap<ObjectKey, DomainAssignment> domains = new TreeMap<>(ORDER);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void afterEachChangeTheGatewayHasWhatATableOfAllWouldHave(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 1_000; step++) {
      change(random);
      if (step < 30) {
        assertThat(gateway.published()).isZero();
      } else if (step == 30) {
        publisher.open();
      }
      if (step >= 30) {
        assertThat(gateway.rules()).as("seed %d, step %d", seed, step).isEqualTo(table());
      }
      String host = one(random, HOSTS);
      assertThat(publisher.routeAt(host))
          .isEqualTo(
              routes.values().stream()
                  .filter(route -> answersAt(route, host))
                  .map(RouteAssignment::route)
                  .findFirst());
      for (DomainAssignment domain : domains.values()) {
        assertThat(publisher.leadsSomewhere(domain)).isEqualTo(!rules(domain).isEmpty());
      }
    }
  }

  private void change(Random random) {
    ObjectKey key = one(random, KEYS);
    ObjectKey mapping = key(key.namespace(), one(random, DOMAINS));
    switch (random.nextInt(5)) {
      case 0 -> {
        routes.remove(key);
        publisher.remove(key);
      }
      case 1 -> {
        domains.remove(mapping);
        publisher.removeDomain(mapping);
      }
      case 2 -> {
        DomainAssignment domain =
            new DomainAssignment(
                mapping,
                random.nextInt(4) == 0
                    ? new ToRevision(revision(random))
                    : new ToRoute(one(random, KEYS)),
                random.nextBoolean() ? OptionalInt.of(8443) : OptionalInt.empty());
        domains.put(mapping, domain);
        publisher.assignDomain(domain);
      }
      default -> {
        RouteAssignment route = route(random, key);
        routes.put(key, route);
        publisher.assign(route);
      }
    }
  }

  /// All rules of all, made from nothing: Routes in order, their own hosts before tags before the
  /// names of revisions, then domains.
  private List<RouteRule> table() {
    List<RouteRule> rules = new ArrayList<>();
    IntStream.range(0, 3)
        .forEach(part ->
            routes.values().forEach(route -> rules.addAll(RouteRules.of(route).get(part).rules())));
    domains.values().forEach(domain -> rules.addAll(rules(domain)));
    return rules;
  }

  private List<RouteRule> rules(DomainAssignment domain) {
    return RouteRules.of(
            domain,
            domain.route().flatMap(route -> Optional.ofNullable(routes.get(route))),
            routes.values().stream().anyMatch(route -> answersAt(route, domain.host())))
        .rules();
  }

  private static boolean answersAt(RouteAssignment route, String host) {
    return route.hosts().contains(host)
        || route.tagHosts().values().stream().anyMatch(hosts -> hosts.contains(host));
  }

  private static RouteAssignment route(Random random, ObjectKey key) {
    List<Target> targets = new ArrayList<>();
    Map<String, List<String>> tagHosts = new HashMap<>();
    if (random.nextInt(8) > 0) {
      boolean tagged = random.nextBoolean();
      int percent = tagged && random.nextBoolean() ? 0 : random.nextInt(101);
      targets.add(target(random, percent, tagged ? "t" : ""));
      if (percent > 0) {
        targets.add(target(random, 100 - percent, ""));
      }
      if (tagged) {
        tagHosts.put("t", List.of(one(random, HOSTS), "t-" + key.name()));
      }
    }
    return new RouteAssignment(
        key,
        random.nextBoolean()
            ? List.of(key.name(), one(random, HOSTS))
            : List.of(one(random, HOSTS)),
        List.of("/function/" + key.name()),
        targets,
        tagHosts,
        Optional.empty(),
        random.nextBoolean(),
        Optional.of("uid").filter(uid -> random.nextBoolean()),
        Redirection.NONE);
  }

  private static Target target(Random random, int percent, String tag) {
    return new Target(
        revision(random), percent, false, Optional.of(tag).filter(text -> !text.isEmpty()));
  }

  private static RevisionId revision(Random random) {
    return new RevisionId("a", "r" + random.nextInt(4));
  }

  private static ObjectKey key(String namespace, String name) {
    return new ObjectKey(namespace, name);
  }

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @Test
  void aChangeTellsTheGatewayOfItsOwnRouteAndItsDomainsAlone() {
    publisher.open();
    for (int route = 0; route < 50; route++) {
      publisher.assign(assignment("r" + route, 100));
      publisher.assignDomain(
          new DomainAssignment(
              key("n", "r%d.example".formatted(route)),
              new ToRoute(key("n", "r" + route)),
              OptionalInt.empty()));
    }
    int before = gateway.published();

    publisher.assign(assignment("r7", 60));
    publisher.assign(assignment("r7", 60));

    assertThat(gateway.published()).isEqualTo(before + 1);
    assertThat(gateway.lastChanged()).containsExactly("n/r7", "n/r7.example");
  }

  private static RouteAssignment assignment(String name, int percent) {
    return new RouteAssignment(
        key("n", name),
        List.of(name),
        List.of(),
        List.of(
            new Target(new RevisionId("n", "one"), percent, false, Optional.empty()),
            new Target(new RevisionId("n", "other"), 100 - percent, false, Optional.empty())),
        Map.of(),
        Optional.empty(),
        false,
        Optional.empty(),
        Redirection.NONE);
  }
}
