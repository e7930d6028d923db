package dev.ebb.controllers;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.kinds.ObjectKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Where one Route's traffic goes now: a Route whose spec could be resolved, or the last state of
/// it that could.
///
/// @param hosts the names it answers to, lower case
/// @param paths the prefixes that lead to it at any host; they are taken away
/// @param tagHosts the names that its tags answer to, by tag
/// @param failure what requests are told when there are no targets
/// @param tagHeader whether requests may ask for a tag with `Knative-Serving-Tag`
/// @param affinityKey of the cookies that keep clients with their Revision; empty for none
record RouteAssignment(
    ObjectKey route,
    List<String> hosts,
    List<String> paths,
    List<Target> targets,
    Map<String, List<String>> tagHosts,
    Optional<RouteTarget.Unavailable> failure,
    boolean tagHeader,
    Optional<String> affinityKey,
    Redirection redirection) {
  /// Where clients that come without TLS are told to come back with it.
  record Redirection(Set<String> hosts, int httpsPort) {
    static final Redirection NONE = new Redirection(Set.of(), 0);

    Redirection {
      hosts = Set.copyOf(hosts);
    }

    OptionalInt port(String host) {
      return hosts.contains(host) ? OptionalInt.of(httpsPort) : OptionalInt.empty();
    }
  }

  RouteAssignment {
    tagHosts = Map.copyOf(tagHosts);
    hosts = List.copyOf(hosts);
    paths = List.copyOf(paths);
    targets = List.copyOf(targets);
  }

  /// Its own hosts and those of its tags.
  Set<String> allHosts() {
    Set<String> all = new HashSet<>(hosts);
    tagHosts.values().forEach(all::addAll);
    return all;
  }

  boolean hasTraffic() {
    return targets.stream().anyMatch(target -> target.percent() > 0);
  }

  /// @param percent 0 to 100; a target that only has a tag has 0
  record Target(RevisionId revision, int percent, boolean latestRevision, Optional<String> tag) {}
}
