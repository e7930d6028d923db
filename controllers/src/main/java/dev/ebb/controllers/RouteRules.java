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

/// Compiles the assignments of all Routes and mapped domains to the gateway's table. Pure.
///
/// Two Routes can claim one host: tag `a` of Route `b` and Route `a-b`. The gateway lets the
/// earlier rule win, so Routes come in the order of namespace and name, and their own hosts before
/// tags. Mapped domains come last: nobody can take a service's own host from it.
final class RouteRules {
  private static final PathMatch EVERYTHING = new PathMatch.Prefix("/");

  private RouteRules() {}

  static RouteTable compile(
      Map<ObjectKey, RouteAssignment> assignments, Collection<DomainAssignment> domains) {
    List<RouteAssignment> sorted = new ArrayList<>(assignments.values());
    sorted.sort(
        Comparator.comparing((RouteAssignment one) -> one.route().namespace())
            .thenComparing(one -> one.route().name()));
    List<RouteRule> rules = new ArrayList<>();
    sorted.forEach(assignment -> addRoute(assignment, rules));
    sorted.forEach(assignment -> addTags(assignment, rules));
    for (DomainAssignment domain : domains) {
      List<Target> targets = targetsOf(domain, assignments);
      if (!targets.isEmpty()) {
        String name = domain.mapping().toString();
        rules.add(rule(name, Optional.of(domain.host()), EVERYTHING, targets, Optional.empty()));
      }
    }
    return new RouteTable(rules);
  }

  /// Who gets the requests for a domain now; nobody when its Route has no traffic.
  static List<Target> targetsOf(
      DomainAssignment domain, Map<ObjectKey, RouteAssignment> assignments) {
    return switch (domain.target()) {
      case DomainAssignment.Target.ToRoute(ObjectKey route) ->
          Optional.ofNullable(assignments.get(route))
              .map(RouteRules::weightedTargets)
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
