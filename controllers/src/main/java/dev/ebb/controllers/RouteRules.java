package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.PathRewrite;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.SessionAffinity;
import dev.ebb.dataplane.WeightedTarget;
import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/// The gateway's rules of one Route, and of one mapped domain. Pure.
///
/// Two Routes can claim one host: tag `a` of Route `b` and Route `a-b`. Then the one whose rules
/// have the lesser [Precedence] wins, then the one whose namespace and name come first.
final class RouteRules {
  /// Knative's names.
  private static final String TAG = "Knative-Serving-Tag";

  private static final String DEFAULT_ROUTE = "Knative-Serving-Default-Route";

  private static final String AFFINITY_COOKIE = "ebb-affinity";

  private static final PathMatch EVERYTHING = new PathMatch.Prefix("/");

  /// The first wins.
  private enum Precedence {
    /// A Route's own hosts and paths.
    ROUTE(0),
    /// The hosts of its tags.
    TAG(1),
    /// The names that its revisions have within a cluster.
    REVISION(2),
    /// A mapped domain: nobody can take a service's own host from it.
    DOMAIN(3);

    private final int rank;

    Precedence(int rank) {
      this.rank = rank;
    }

    private RouteGroup group(ObjectKey owner, List<RouteRule> rules) {
      return new RouteGroup(new RouteGroup.Key(rank, owner.namespace(), owner.name()), rules);
    }
  }

  private RouteRules() {}

  /// All that a Route can have, what it has not as empty.
  static List<RouteGroup> of(RouteAssignment assignment) {
    List<RouteRule> own = new ArrayList<>();
    addRoute(assignment, own);
    List<RouteRule> tags = new ArrayList<>();
    addTags(assignment, tags);
    return List.of(
        Precedence.ROUTE.group(assignment.route(), own),
        Precedence.TAG.group(assignment.route(), tags),
        Precedence.REVISION.group(assignment.route(), revisions(assignment)));
  }

  /// Of a Route that is gone.
  static List<RouteGroup> ofNone(ObjectKey route) {
    return List.of(
        Precedence.ROUTE.group(route, List.of()),
        Precedence.TAG.group(route, List.of()),
        Precedence.REVISION.group(route, List.of()));
  }

  /// @param route the one that the domain leads to, where that is assigned
  /// @param owned whether a Route has this host itself
  static RouteGroup of(DomainAssignment domain, Optional<RouteAssignment> route, boolean owned) {
    List<RouteRule> rules = new ArrayList<>();
    String name = domain.mapping().toString();
    Entrance entrance = Entrance.at(domain.host(), domain.httpsPort(), false);
    switch (domain.target()) {
      case DomainAssignment.Target.ToRoute(ObjectKey _) ->
          route
              .filter(RouteAssignment::hasTraffic)
              .ifPresent(assignment -> {
                // A rule with a header wins, so there is none where a service has this host itself.
                if (assignment.tagHeader() && !owned) {
                  addTagHeaders(name, entrance, assignment, rules);
                }
                addSplit(name, entrance, assignment, rules);
              });
      case DomainAssignment.Target.ToRevision(RevisionId revision) ->
          rules.add(rule(name, entrance, List.of(all(revision)), Map.of()));
    }
    return Precedence.DOMAIN.group(domain.mapping(), rules);
  }

  static RouteGroup ofNoDomain(ObjectKey mapping) {
    return Precedence.DOMAIN.group(mapping, List.of());
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

    /// Paths are how callers of OpenFaaS come in.
    boolean isPath() {
      return match.host().isEmpty();
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
        rule.inside(),
        rule.callHeaders());
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
        entrance.inside(),
        /* callHeaders= */ entrance.isPath());
  }

  private static WeightedTarget weighted(Target target) {
    return new WeightedTarget(new RouteTarget.Revision(target.revision()), target.percent());
  }
}
