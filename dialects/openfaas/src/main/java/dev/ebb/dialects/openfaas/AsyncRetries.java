package dev.ebb.dialects.openfaas;

import dev.ebb.eventing.calls.CallTargets;
import dev.ebb.eventing.calls.RetryPolicy;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.Resources;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// How often an asynchronous call is made, by annotations of its function that are read when it is:
/// `com.openfaas.retry.attempts`, `codes`, `min_wait`, `max_wait`. One that is missing or means
/// nothing has its default, as with OpenFaaS. Thread-safe.
public final class AsyncRetries implements CallTargets {
  private static final String PREFIX = "com.openfaas.retry.";
  private static final int MAX_ATTEMPTS = 10_000;

  private final Resources resources;

  public AsyncRetries(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Optional<RetryPolicy> policy(ObjectKey function) {
    return resources
        .find(ServingKinds.SERVICE, function)
        .filter(service -> service.deletionTimestamp().isEmpty())
        .map(KubernetesObject::annotations)
        .map(AsyncRetries::of);
  }

  static RetryPolicy of(Map<String, String> annotations) {
    RetryPolicy usual = RetryPolicy.DEFAULT;
    Duration least =
        wait(annotations.getOrDefault(PREFIX + "min_wait", "")).orElse(usual.minWait());
    Duration most = wait(annotations.getOrDefault(PREFIX + "max_wait", "")).orElse(usual.maxWait());
    return new RetryPolicy(
        attempts(annotations.getOrDefault(PREFIX + "attempts", "")).orElse(usual.attempts()),
        codes(annotations.getOrDefault(PREFIX + "codes", "")).orElse(usual.codes()),
        least,
        most.compareTo(least) < 0 ? least : most);
  }

  private static Optional<Integer> attempts(String text) {
    if (!text.strip().matches("[0-9]{1,6}")) {
      return Optional.empty();
    }
    int attempts = Integer.parseInt(text.strip());
    return attempts < 1 ? Optional.empty() : Optional.of(Math.min(attempts, MAX_ATTEMPTS));
  }

  private static Optional<Set<Integer>> codes(String text) {
    Set<Integer> codes = new TreeSet<>();
    for (String code : text.split(",", -1)) {
      if (!code.strip().matches("[1-5][0-9][0-9]")) {
        return Optional.empty();
      }
      codes.add(Integer.parseInt(code.strip()));
    }
    return Optional.of(codes);
  }

  private static Optional<Duration> wait(String text) {
    return GoDuration.parse(text.strip()).filter(wait -> !wait.isNegative());
  }
}
