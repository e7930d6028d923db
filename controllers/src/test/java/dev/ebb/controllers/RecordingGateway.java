package dev.ebb.controllers;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteChange;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// A gateway that remembers what it was told, and refuses what a real one could not serve: a route
/// to a revision that it does not know.
final class RecordingGateway implements GatewayControl {
  private final Map<RevisionId, RequestLimits> revisions = new ConcurrentHashMap<>();
  private final SortedMap<RouteGroup.Key, List<RouteRule>> groups = new TreeMap<>();
  private final List<List<RouteRule>> tables = new ArrayList<>();
  private List<String> lastChanged = List.of();
  private volatile CertificateTable certificates = CertificateTable.EMPTY;
  private volatile Map<Integer, Entrance> ports = Map.of();
  private final List<String> mistakes = new ArrayList<>();

  @Override
  public synchronized void routes(RouteTable table) {
    groups.clear();
    put(table.groups());
  }

  @Override
  public synchronized void change(RouteChange change) {
    if (tables.isEmpty()) {
      mistakes.add("a change of no table");
    }
    put(change.groups());
  }

  private void put(List<RouteGroup> changed) {
    lastChanged =
        changed.stream()
            .map(group -> group.key().namespace() + "/" + group.key().name())
            .distinct()
            .toList();
    for (RouteGroup group : changed) {
      groups.put(group.key(), group.rules());
      for (RouteRule rule : group.rules()) {
        for (WeightedTarget target : rule.targets()) {
          if (target.target() instanceof RouteTarget.Revision(RevisionId revision)
              && !revisions.containsKey(revision)) {
            mistakes.add(rule.name() + " leads to " + revision + ", which is unknown");
          }
        }
      }
    }
    tables.add(groups.values().stream().flatMap(List::stream).toList());
  }

  /// Whose rules were told last.
  synchronized List<String> lastChanged() {
    return lastChanged;
  }

  /// All rules, that which wins first.
  synchronized List<RouteRule> rules() {
    return tables.isEmpty() ? List.of() : tables.getLast();
  }

  @Override
  public void certificates(CertificateTable table) {
    certificates = table;
  }

  CertificateTable certificates() {
    return certificates;
  }

  /// To which port clients of a host are sent that come without TLS; 0 for none.
  synchronized int httpsPort(String host) {
    return rules().stream()
        .filter(rule -> rule.match().host().equals(Optional.of(host)))
        .mapToInt(rule -> rule.httpsPort().orElse(0))
        .max()
        .orElse(0);
  }

  @Override
  public void revision(RevisionId revision, RequestLimits limits) {
    revisions.put(revision, limits);
  }

  @Override
  public Map<Integer, String> listenAlso(Map<Integer, Entrance> more) {
    ports = Map.copyOf(more);
    return Map.of();
  }

  Map<Integer, Entrance> ports() {
    return ports;
  }

  @Override
  public void removeRevision(RevisionId revision) {
    revisions.remove(revision);
  }

  synchronized List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  Map<RevisionId, RequestLimits> revisions() {
    return Map.copyOf(revisions);
  }

  synchronized int published() {
    return tables.size();
  }

  /// Where requests to a host go now: `hello-00001:100`.
  synchronized List<String> targets(String host) {
    return rules().stream()
        .filter(rule -> rule.match().host().equals(Optional.of(host)))
        .flatMap(rule -> rule.targets().stream())
        .map(RecordingGateway::describe)
        .toList();
  }

  /// What requests to a host are told while nobody can answer them; empty when somebody can.
  synchronized String unavailable(String host) {
    return rules().stream()
        .filter(rule -> rule.match().host().equals(Optional.of(host)))
        .flatMap(rule -> rule.targets().stream())
        .map(WeightedTarget::target)
        .filter(RouteTarget.Unavailable.class::isInstance)
        .map(target -> ((RouteTarget.Unavailable) target).message())
        .findFirst()
        .orElse("");
  }

  /// How many tables after the first so many had nothing for a host.
  synchronized long tablesWithout(String host, int first) {
    return tables.stream()
        .skip(first)
        .filter(table ->
            table.stream().noneMatch(rule -> rule.match().host().equals(Optional.of(host))))
        .count();
  }

  static String describe(WeightedTarget target) {
    return target.target() instanceof RouteTarget.Revision(RevisionId revision)
        ? revision.name() + ":" + target.percent()
        : target.toString();
  }
}
