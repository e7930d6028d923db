package dev.ebb.dialects.openfaas;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Wants what the test says.
final class RecordingScaler implements Scaler {
  final Map<RevisionId, Integer> desired = new HashMap<>();
  final List<RevisionId> resting = new ArrayList<>();

  @Override
  public void rest(RevisionId revision) {
    resting.add(revision);
  }

  @Override
  public Optional<ScalingDecision> lastDecision(RevisionId revision) {
    return Optional.ofNullable(desired.get(revision))
        .map(count -> new ScalingDecision(Instant.EPOCH, 0, count, 0, 0, 0, false, "by the test"));
  }

  @Override
  public List<ScalingDecision> lastChanges(RevisionId revision) {
    return List.of();
  }

  @Override
  public void register(RevisionId revision, ScalingPolicy policy) {
    throw new UnsupportedOperationException("controllers do this");
  }

  @Override
  public void remove(RevisionId revision) {
    throw new UnsupportedOperationException("controllers do this");
  }

  @Override
  public void prescribe(RevisionId revision, int count, String why) {
    throw new UnsupportedOperationException("controllers do this");
  }

  @Override
  public void raise(RevisionId revision) {
    throw new UnsupportedOperationException("the gateway does this");
  }

  @Override
  public Subscription subscribe(Consumer<RevisionId> listener) {
    throw new UnsupportedOperationException("controllers do this");
  }
}
