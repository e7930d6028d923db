package dev.ebb.controllers;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// How long Revisions that no traffic leads to are kept: the ConfigMap `config-gc`. Pure.
///
/// A Revision is stale when it is old enough and has not been active for long enough. Stale ones
/// go, the longest inactive first, while more than the minimum are left; beyond the maximum the
/// longest inactive go even when they are not stale. A value that cannot be read counts as absent.
///
/// Source: Knative Serving's documentation of revision garbage collection.
///
/// @param sinceCreate empty for no such bound
/// @param sinceLastActive empty for no such bound; without either nothing is ever stale
/// @param least how many inactive ones of a Configuration are always kept
/// @param most how many inactive ones are kept at most; empty for no bound
record RevisionRetention(
    Optional<Duration> sinceCreate,
    Optional<Duration> sinceLastActive,
    int least,
    OptionalInt most) {
  private static final String DISABLED = "disabled";

  /// @param next when the next Revision becomes stale, if the minimum lets it go then
  record Plan(List<KubernetesObject> garbage, Optional<Instant> next) {
    Plan {
      garbage = List.copyOf(garbage);
    }
  }

  static RevisionRetention of(Map<String, String> configGc) {
    String most = configGc.getOrDefault("max-non-active-revisions", "");
    return new RevisionRetention(
        duration(configGc, "retain-since-create-time", Duration.ofHours(48)),
        duration(configGc, "retain-since-last-active-time", Duration.ofHours(15)),
        count(configGc.getOrDefault("min-non-active-revisions", ""), 20),
        most.equals(DISABLED) ? OptionalInt.empty() : OptionalInt.of(count(most, 1000)));
  }

  /// @param inactive all Revisions of one Configuration that may go
  Plan plan(List<KubernetesObject> inactive, Instant now) {
    List<KubernetesObject> kept = new ArrayList<>(inactive);
    kept.sort(
        Comparator.comparing(RevisionRetention::lastActive).thenComparing(KubernetesObject::name));
    List<KubernetesObject> garbage = new ArrayList<>();
    for (KubernetesObject revision : List.copyOf(kept)) {
      if (kept.size() <= least) {
        break;
      }
      if (staleAt(revision).filter(time -> !time.isAfter(now)).isPresent()) {
        garbage.add(revision);
        kept.remove(revision);
      }
    }
    int surplus = most.isPresent() ? kept.size() - Math.max(least, most.getAsInt()) : 0;
    for (int i = 0; i < surplus; i++) {
      garbage.add(kept.removeFirst());
    }
    Optional<Instant> next =
        kept.size() <= least
            ? Optional.empty()
            : kept.stream()
                .flatMap(revision -> staleAt(revision).stream())
                .min(Comparator.naturalOrder());
    return new Plan(garbage, next);
  }

  private Optional<Instant> staleAt(KubernetesObject revision) {
    return Stream.of(
            sinceCreate.map(created(revision)::plus),
            sinceLastActive.map(lastActive(revision)::plus))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  private static Instant created(KubernetesObject revision) {
    return revision.creationTimestamp().orElse(Instant.EPOCH);
  }

  /// When it lost its traffic; users may have written anything there.
  private static Instant lastActive(KubernetesObject revision) {
    try {
      return Instant.parse(revision.annotations().getOrDefault(Labels.ROUTING_STATE_MODIFIED, ""));
    } catch (DateTimeParseException notATime) {
      return created(revision);
    }
  }

  private static Optional<Duration> duration(
      Map<String, String> config, String key, Duration otherwise) {
    String text = config.getOrDefault(key, "");
    return text.equals(DISABLED)
        ? Optional.empty()
        : Optional.of(
            GoDuration.parse(text).filter(duration -> !duration.isNegative()).orElse(otherwise));
  }

  private static int count(String text, int otherwise) {
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
  }
}
