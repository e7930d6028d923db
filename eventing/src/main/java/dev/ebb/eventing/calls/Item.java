package dev.ebb.eventing.calls;

import dev.ebb.kinds.ObjectKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What waits in the log to be delivered.
sealed interface Item permits Call, Callback {
  String id();

  String queue();

  /// Which was called or is to be.
  ObjectKey function();

  Map<String, List<String>> headers();

  Instant acceptedAt();
}
