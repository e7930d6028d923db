package dev.ebb.images.registry;

import dev.ebb.images.Digest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Takes manifests out of a repository that nothing names: no tag, no index and no subject that
/// stays, and no object of the API. In a repository whose namespace is gone tags name nothing.
final class UnnamedManifests {
  private final RepositoryManifests manifests;
  private final RepositoryFiles files;

  UnnamedManifests(RepositoryManifests manifests, RepositoryFiles files) {
    this.manifests = manifests;
    this.files = files;
  }

  /// @param ownerless whether its namespace is gone
  /// @param used digests of manifests that stay
  /// @param before manifests that were pushed, pulled or lost their tag later stay
  /// @return digests of what is gone
  /// @throws RegistryException when a manifest is damaged; nothing is gone then
  List<String> collect(Repository repository, boolean ownerless, Set<String> used, Instant before) {
    Map<String, PushedManifest> all = new HashMap<>();
    for (var hex : files.names(repository, RepositoryFiles.MANIFESTS)) {
      var stored = manifests.read(repository, "sha256:" + hex);
      all.put("sha256:" + hex, PushedManifest.parse(stored.bytes(), stored.mediaType()));
    }
    var tags = tags(repository);
    Set<String> named = new HashSet<>(used);
    if (!ownerless) {
      named.addAll(tags.values());
    }
    var kept = reachable(named, all);
    List<String> gone = new ArrayList<>();
    for (var manifest : all.entrySet()) {
      var digest = manifest.getKey();
      if (!kept.contains(digest) && remove(repository, digest, manifest.getValue(), before)) {
        tags.entrySet().stream()
            .filter(tag -> tag.getValue().equals(digest))
            .forEach(tag -> files.remove(repository, RepositoryFiles.TAGS, tag.getKey()));
        gone.add(digest);
      }
    }
    return gone;
  }

  private boolean remove(
      Repository repository, String digest, PushedManifest manifest, Instant before) {
    var hex = Digest.hex(digest);
    if (!files.removeIfOlder(repository, RepositoryFiles.MANIFESTS, hex, before)) {
      return false;
    }
    manifest
        .subject()
        .filter(Digest::isValid)
        .ifPresent(
            subject -> files.remove(repository, RepositoryManifests.referrers(subject), hex));
    return true;
  }

  private Map<String, String> tags(Repository repository) {
    Map<String, String> tags = new HashMap<>();
    for (var tag : files.names(repository, RepositoryFiles.TAGS)) {
      files.read(repository, RepositoryFiles.TAGS, tag).ifPresent(it -> tags.put(tag, it));
    }
    return tags;
  }

  /// What the named ones are made of, and what says something about one of them.
  private static Set<String> reachable(Set<String> named, Map<String, PushedManifest> all) {
    Map<String, List<String>> referrers =
        all.entrySet().stream()
            .filter(entry -> entry.getValue().subject().isPresent())
            .collect(
                Collectors.groupingBy(
                    entry -> entry.getValue().subject().orElseThrow(),
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    Set<String> reached = new HashSet<>();
    Deque<String> waiting = new ArrayDeque<>(named);
    while (!waiting.isEmpty()) {
      var digest = waiting.pop();
      var manifest = all.get(digest);
      if (manifest != null && reached.add(digest)) {
        manifest.manifests().forEach(child -> waiting.push(child.digest()));
        waiting.addAll(referrers.getOrDefault(digest, List.of()));
      }
    }
    return reached;
  }
}
