package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.PathRewrite;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.SessionAffinity;
import dev.ebb.dataplane.WeightedTarget;
import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/// The gateway's rules of one Route. Made once for each assignment: with each change of one Route
/// the table of all is put together anew, and the gateway knows what did not change by its
/// identity.
///
/// @param own of its hosts and paths
/// @param tags of the hosts of its tags
/// @param revisions of the names that its revisions have within a cluster
record RouteRules(
    RouteAssignment assignment,
    List<RouteRule> own,
    List<RouteRule> tags,
    List<RouteRule> revisions) {
  /// Knative's names.
  private static final String TAG = "Knative-Serving-Tag";

  private static final String DEFAULT_ROUTE = "Knative-Serving-Default-Route";

  private static final String AFFINITY_COOKIE = "ebb-affinity";

  private static final PathMatch EVERYTHING = new PathMatch.Prefix("/");

  /// The order of the Routes in the table.
  static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name);

  static RouteRules of(RouteAssignment assignment) {
    List<RouteRule> own = new ArrayList<>();
    addRoute(assignment, own);
    List<RouteRule> tags = new ArrayList<>();
    addTags(assignment, tags);
    return new RouteRules(assignment, List.copyOf(own), List.copyOf(tags), revisions(assignment));
  }

  /// The table of all Routes and mapped domains.
  ///
  /// Two Routes can claim one host: tag `a` of Route `b` and Route `a-b`. The gateway lets the
  /// earlier rule win, so Routes come in their order, and their own hosts before tags. Mapped
  /// domains come last: nobody can take a service's own host from it.
  ///
  /// @param routes in [#ORDER]
  static RouteTable table(
      SortedMap<ObjectKey, RouteRules> routes, Collection<DomainAssignment> domains) {
    List<RouteRule> rules = new ArrayList<>();
    routes.values().forEach(route -> rules.addAll(route.own));
    routes.values().forEach(route -> rules.addAll(route.tags));
    routes.values().forEach(route -> rules.addAll(route.revisions));
    domains.forEach(domain -> addDomain(domain, routes, rules));
    return new RouteTable(rules);
  }

  private static void addDomain(
      DomainAssignment domain, SortedMap<ObjectKey, RouteRules> routes, List<RouteRule> rules) {
    String name = domain.mapping().toString();
    Entrance entrance = Entrance.at(domain.host(), domain.httpsPort(), false);
    switch (domain.target()) {
      case DomainAssignment.Target.ToRoute(ObjectKey route) ->
          Optional.ofNullable(routes.get(route))
              .map(RouteRules::assignment)
              .filter(assignment -> !weightedTargets(assignment).isEmpty())
              .ifPresent(assignment -> {
                // A rule with a header wins, so there is none where a service has this host itself.
                if (assignment.tagHeader()
                    && routes.values().stream()
                        .noneMatch(other -> other.assignment.answersAt(domain.host()))) {
                  addTagHeaders(name, entrance, assignment, rules);
                }
                addSplit(name, entrance, assignment, rules);
              });
      case DomainAssignment.Target.ToRevision(RevisionId revision) ->
          rules.add(rule(name, entrance, List.of(all(revision)), Map.of()));
    }
  }

  /// Who gets the requests for a domain now; nobody when its Route has no traffic.
  static List<Target> targetsOf(DomainAssignment domain, Map<ObjectKey, RouteRules> routes) {
    return switch (domain.target()) {
      case DomainAssignment.Target.ToRoute(ObjectKey route) ->
          Optional.ofNullable(routes.get(route))
              .map(rules -> weightedTargets(rules.assignment))
              .orElseGet(List::of);
      case DomainAssignment.Target.ToRevision(RevisionId revision) -> List.of(all(revision));
    };
  }

  private static List<Target> weightedTargets(RouteAssignment assignment) {
    return assignment.targets().stream().filter(target -> target.percent() > 0).toList();
  }

  private static void addRoute(RouteAssignment assignment, List<RouteRule> rules) {
    List<Target> weighted = weightedTargets(assignment);
    if (weighted.isEmpty()) {
      assignment.failure().ifPresent(failure -> addFailure(assignment, failure, rules));
      return;
    }
    String name = assignment.route().toString();
    for (Entrance entrance : entrances(assignment)) {
      if (assignment.tagHeader()) {
        addTagHeaders(name, entrance, assignment, rules);
      }
      addSplit(name, entrance, assignment, rules);
    }
  }

  /// Where requests come in.
  private record Entrance(
      RouteMatch match, Optional<PathRewrite> rewrite, OptionalInt httpsPort, boolean inside) {
    static Entrance at(String host, OptionalInt httpsPort, boolean inside) {
      return new Entrance(
          new RouteMatch(Optional.of(host), Set.of(), EVERYTHING, Map.of()),
          Optional.empty(),
          httpsPort,
          inside);
    }

    static Entrance at(String host, RouteAssignment assignment) {
      return at(
          host,
          assignment.redirection().port(host),
          DomainSettings.isInside(host, assignment.route().namespace()));
    }

    static Entrance under(String path) {
      return new Entrance(
          new RouteMatch(Optional.empty(), Set.of(), new PathMatch.Prefix(path), Map.of()),
          Optional.of(new PathRewrite.StripPrefix(path)),
          OptionalInt.empty(),
          false);
    }

    /// Several services may be at one host, each under a path of its own.
    String cookiePath() {
      return match.path() instanceof PathMatch.Prefix(String path) ? path : "/";
    }

    Entrance with(Map<String, String> headers) {
      return new Entrance(
          new RouteMatch(match.host(), match.methods(), match.path(), headers),
          rewrite,
          httpsPort,
          inside);
    }
  }

  private static List<Entrance> entrances(RouteAssignment assignment) {
    return Stream.concat(
            assignment.hosts().stream().map(host -> Entrance.at(host, assignment)),
            assignment.paths().stream().map(Entrance::under))
        .toList();
  }

  /// As on Knative the instance learns that no tag decided, where one could.
  private static void addSplit(
      String name, Entrance entrance, RouteAssignment assignment, List<RouteRule> rules) {
    RouteRule split =
        rule(
            name,
            entrance,
            weightedTargets(assignment),
            assignment.tagHeader() ? Map.of(DEFAULT_ROUTE, "true") : Map.of());
    rules.add(
        assignment
            .affinityKey()
            .map(key -> new SessionAffinity(AFFINITY_COOKIE, entrance.cookiePath(), key))
            .map(affinity -> with(split, affinity))
            .orElse(split));
  }

  private static void addTagHeaders(
      String name, Entrance entrance, RouteAssignment assignment, List<RouteRule> rules) {
    byTag(assignment)
        .forEach((tag, targets) -> {
          Entrance tagged = entrance.with(Map.of(TAG.toLowerCase(Locale.ROOT), tag));
          rules.add(rule(name + "#" + tag, tagged, targets, Map.of()));
        });
  }

  /// Those who call a Route that leads nowhere learn why, rather than that there is no such host.
  private static void addFailure(
      RouteAssignment assignment, RouteTarget.Unavailable failure, List<RouteRule> rules) {
    for (Entrance entrance : entrances(assignment)) {
      rules.add(
          new RouteRule(
              assignment.route().toString(),
              entrance.match(),
              List.of(new WeightedTarget(failure, 100)),
              Map.of(),
              Optional.empty(),
              Optional.empty(),
              OptionalInt.empty(),
              entrance.inside()));
    }
  }

  private static void addTags(RouteAssignment assignment, List<RouteRule> rules) {
    byTag(assignment)
        .forEach((tag, targets) -> {
          String name = assignment.route() + "#" + tag;
          for (String host : assignment.tagHosts().getOrDefault(tag, List.of())) {
            Map<String, String> told = assignment.tagHeader() ? Map.of(TAG, tag) : Map.of();
            rules.add(rule(name, Entrance.at(host, assignment), targets, told));
          }
        });
  }

  /// Who gets the requests for a tag: one Revision, or those between which its target moves.
  private static Map<String, List<Target>> byTag(RouteAssignment assignment) {
    Map<String, List<Target>> byTag = new LinkedHashMap<>();
    for (Target target : assignment.targets()) {
      target.tag().ifPresent(tag -> byTag.computeIfAbsent(tag, _ -> new ArrayList<>()).add(target));
    }
    byTag.replaceAll((_, targets) -> whole(targets));
    return byTag;
  }

  /// The same shares of a hundred percent; the last, which is the newest, has what rounding leaves.
  private static List<Target> whole(List<Target> targets) {
    int sum = targets.stream().mapToInt(Target::percent).sum();
    List<Target> whole = new ArrayList<>();
    int left = 100;
    for (Target target : targets.subList(0, targets.size() - 1)) {
      int percent = sum == 0 ? 0 : target.percent() * 100 / sum;
      left -= percent;
      whole.add(with(target, percent));
    }
    whole.add(with(targets.getLast(), left));
    return whole.stream().filter(target -> target.percent() > 0).toList();
  }

  private static Target with(Target target, int percent) {
    return new Target(target.revision(), percent, target.latestRevision(), target.tag());
  }

  /// A revision answers at the name of its core Service, as it does within a cluster.
  private static List<RouteRule> revisions(RouteAssignment assignment) {
    return assignment.targets().stream()
        .map(Target::revision)
        .distinct()
        .map(revision -> {
          ObjectKey service = new ObjectKey(revision.namespace(), revision.name());
          Entrance entrance =
              Entrance.at(DomainSettings.clusterHost(service), OptionalInt.empty(), true);
          return rule(revision.toString(), entrance, List.of(all(revision)), Map.of());
        })
        .toList();
  }

  private static RouteRule with(RouteRule rule, SessionAffinity affinity) {
    return new RouteRule(
        rule.name(),
        rule.match(),
        rule.targets(),
        rule.setRequestHeaders(),
        rule.rewrite(),
        Optional.of(affinity),
        rule.httpsPort(),
        rule.inside());
  }

  private static Target all(RevisionId revision) {
    return new Target(revision, 100, false, Optional.empty());
  }

  private static RouteRule rule(
      String name, Entrance entrance, List<Target> targets, Map<String, String> told) {
    Map<String, String> headers = new HashMap<>(told);
    headers.put("Knative-Serving-Namespace", targets.getFirst().revision().namespace());
    if (targets.size() == 1) {
      headers.put("Knative-Serving-Revision", targets.getFirst().revision().name());
    }
    return new RouteRule(
        name,
        entrance.match(),
        targets.stream().map(RouteRules::weighted).toList(),
        headers,
        entrance.rewrite(),
        Optional.empty(),
        entrance.httpsPort(),
        entrance.inside());
  }

  private static WeightedTarget weighted(Target target) {
    return new WeightedTarget(new RouteTarget.Revision(target.revision()), target.percent());
  }
}
