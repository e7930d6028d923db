package dev.ebb.e2e;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// What a Knative Service of [SteadyLoadTest] is to be, changed at random. The image counts what is
/// in flight in it. Not thread-safe.
final class RandomService {
  static final String IMAGE = "example.com/count";

  /// Short, so that connections to instances end between requests all the time; 0 for never. With
  /// HTTP/2 it counts for connections that had no request yet, too.
  private static final List<String> KEEP_ALIVES = List.of("0s", "20ms", "60ms");

  private static final List<String> KEEP_ALIVES_2 = List.of("0s", "250ms", "700ms");

  /// Strict at one, packed, round robin, and two random choices: each way to choose an instance.
  private static final List<Integer> CONCURRENCIES = List.of(0, 1, 1, 2, 5);

  final String name;
  private final boolean http2;
  private final boolean sleeps;
  private final Random random;
  private int version;
  private int concurrency;
  private int minScale;
  private int maxScale;
  private String keepAlive = "0s";
  private String rollout = "0s";
  private boolean affinity;
  private String traffic = "{\"latestRevision\": true, \"percent\": 100}";

  /// By the name of the Revision; those that are gone too.
  private final Map<String, Integer> limits = new TreeMap<>();

  /// @param http2 whether instances are spoken to in HTTP/2
  /// @param sleeps whether it may always scale to zero
  RandomService(String name, boolean http2, boolean sleeps, Random random) {
    this.name = name;
    this.http2 = http2;
    this.sleeps = sleeps;
    this.random = random;
    template();
  }

  /// A new Revision.
  void template() {
    version++;
    concurrency = pick(CONCURRENCIES);
    minScale = sleeps ? 0 : random.nextInt(3);
    maxScale = pick(List.of(0, Math.max(2, minScale), 3));
    keepAlive = pick(http2 ? KEEP_ALIVES_2 : KEEP_ALIVES);
    limits.put(latest(), concurrency);
  }

  String latest() {
    return "%s-v%d".formatted(name, version);
  }

  int limit(String revision) {
    return limits.getOrDefault(revision, 0);
  }

  void rollout() {
    rollout = pick(List.of("0s", "0s", "5s", "1h"));
  }

  void affinity() {
    affinity = !affinity;
  }

  void toLatest() {
    traffic = "{\"latestRevision\": true, \"percent\": 100}";
  }

  /// Shares for some of the Revisions, and a tag without a share for another.
  ///
  /// @return the percent of each Revision that is named
  Map<String, Integer> split(List<String> revisions) {
    List<String> shuffled = new ArrayList<>(revisions);
    Collections.shuffle(shuffled, random);
    int count = 1 + random.nextInt(Math.min(3, shuffled.size()));
    Map<String, Integer> shares = new TreeMap<>();
    int left = 100;
    for (int i = 0; i < count; i++) {
      int share = i == count - 1 ? left : random.nextInt(left + 1);
      shares.put(shuffled.get(i), share);
      left -= share;
    }
    String tagged = shuffled.getLast();
    traffic =
        shares.entrySet().stream()
                .map(share ->
                    "{\"revisionName\": \"%s\", \"percent\": %d}"
                        .formatted(share.getKey(), share.getValue()))
                .collect(joining(", "))
            + ", {\"revisionName\": \"%s\", \"percent\": 0, \"tag\": \"tagged\"}".formatted(tagged);
    return shares;
  }

  /// As a merge patch, or as a whole object.
  String json() {
    return """
    {"apiVersion": "serving.knative.dev/v1", "kind": "Service",
     "metadata": {"name": "%s", "annotations": {
       "serving.knative.dev/rollout-duration": "%s",
       "serving.ebb.dev/session-affinity": "%s"}},
     "spec": {
       "template": {
         "metadata": {"name": "%s", "annotations": {
           "autoscaling.knative.dev/window": "6s",
           "autoscaling.knative.dev/min-scale": "%d",
           "autoscaling.knative.dev/max-scale": "%d"}},
         "spec": {
           "containerConcurrency": %d,
           "containers": [{
             "image": "%s",
             "env": [{"name": "KEEP_ALIVE", "value": "%s"}],
             "ports": [{"name": "%s", "containerPort": 8080}]}]}},
       "traffic": [%s]}}
    """
        .formatted(
            name,
            rollout,
            affinity ? "cookie" : "none",
            latest(),
            minScale,
            maxScale,
            concurrency,
            IMAGE,
            keepAlive,
            http2 ? "h2c" : "http1",
            traffic);
  }

  @Override
  public String toString() {
    return "%s cc=%d scale=%d..%d keep-alive=%s rollout=%s affinity=%s traffic=%s"
        .formatted(
            latest(), concurrency, minScale, maxScale, keepAlive, rollout, affinity, traffic);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
