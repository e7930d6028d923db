package dev.ebb.dataplane;

import java.util.concurrent.CompletionStage;

/// What a node asks of the gateway before it ends an instance.
public interface InstanceTraffic {
  /// Exchanges that are not over at the instance.
  int inFlight(InstanceId instance);

  /// Sends no new request there; completes when none is in flight. Idempotent.
  CompletionStage<Void> drain(InstanceId instance);

  /// Of one that drains: completes when nothing is in flight there but connections whose protocol
  /// was changed, WebSockets above all. Those are over when the two that speak on them think so.
  CompletionStage<Void> quiet(InstanceId instance);
}
