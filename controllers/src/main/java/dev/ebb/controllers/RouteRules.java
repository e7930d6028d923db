package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.PathRewrite;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

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
    for (DomainAssignment domain : domains) {
      List<Target> targets = targetsOf(domain, routes);
      if (!targets.isEmpty()) {
        String name = domain.mapping().toString();
        rules.add(rule(name, Optional.of(domain.host()), EVERYTHING, targets, Optional.empty()));
      }
    }
    return new RouteTable(rules);
  }

  /// Who gets the requests for a domain now; nobody when its Route has no traffic.
  static List<Target> targetsOf(DomainAssignment domain, Map<ObjectKey, RouteRules> routes) {
    return switch (domain.target()) {
      case DomainAssignment.Target.ToRoute(ObjectKey route) ->
          Optional.ofNullable(routes.get(route))
              .map(rules -> weightedTargets(rules.assignment))
              .orElseGet(List::of);
      case DomainAssignment.Target.ToRevision(RevisionId revision) ->
          List.of(new Target(revision, 100, false, Optional.empty()));
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
    for (String host : assignment.hosts()) {
      rules.add(rule(name, Optional.of(host), EVERYTHING, weighted, Optional.empty()));
    }
    for (String path : assignment.paths()) {
      PathRewrite strip = new PathRewrite.StripPrefix(path);
      rules.add(
          rule(name, Optional.empty(), new PathMatch.Prefix(path), weighted, Optional.of(strip)));
    }
  }

  /// Those who call a Route that leads nowhere learn why, rather than that there is no such host.
  private static void addFailure(
      RouteAssignment assignment, RouteTarget.Unavailable failure, List<RouteRule> rules) {
    List<RouteMatch> matches = new ArrayList<>();
    for (String host : assignment.hosts()) {
      matches.add(new RouteMatch(Optional.of(host), Set.of(), EVERYTHING, Map.of()));
    }
    for (String path : assignment.paths()) {
      matches.add(new RouteMatch(Optional.empty(), Set.of(), new PathMatch.Prefix(path), Map.of()));
    }
    for (RouteMatch match : matches) {
      rules.add(
          new RouteRule(
              assignment.route().toString(),
              match,
              List.of(new WeightedTarget(failure, 100)),
              Map.of(),
              Optional.empty()));
    }
  }

  private static void addTags(RouteAssignment assignment, List<RouteRule> rules) {
    for (Target target : assignment.targets()) {
      if (target.tag().isEmpty()) {
        continue;
      }
      Target all = new Target(target.revision(), 100, target.latestRevision(), target.tag());
      String name = assignment.route() + "#" + target.tag().get();
      for (String host : assignment.hosts()) {
        Optional<String> tagged = Optional.of(target.tag().get() + "-" + host);
        rules.add(rule(name, tagged, EVERYTHING, List.of(all), Optional.empty()));
      }
    }
  }

  /// A revision answers at the name of its core Service, as it does within a cluster.
  private static List<RouteRule> revisions(RouteAssignment assignment) {
    return assignment.targets().stream()
        .map(Target::revision)
        .distinct()
        .map(revision -> {
          ObjectKey service = new ObjectKey(revision.namespace(), revision.name());
          Target all = new Target(revision, 100, false, Optional.empty());
          Optional<String> host = Optional.of(DomainSettings.clusterHost(service));
          return rule(revision.toString(), host, EVERYTHING, List.of(all), Optional.empty());
        })
        .toList();
  }

  private static RouteRule rule(
      String name,
      Optional<String> host,
      PathMatch path,
      List<Target> targets,
      Optional<PathRewrite> rewrite) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Knative-Serving-Namespace", targets.getFirst().revision().namespace());
    if (targets.size() == 1) {
      headers.put("Knative-Serving-Revision", targets.getFirst().revision().name());
    }
    return new RouteRule(
        name,
        new RouteMatch(host, Set.of(), path, Map.of()),
        targets.stream().map(RouteRules::weighted).toList(),
        headers,
        rewrite);
  }

  private static WeightedTarget weighted(Target target) {
    return new WeightedTarget(new RouteTarget.Revision(target.revision()), target.percent());
  }
}
