package dev.ebb.node.usage;

import java.time.Instant;
import java.util.Map;

/// @param at the end of all windows
/// @param usages of what was there then
public record UsageReport(Instant at, Map<Metered, Usage> usages) {
  public UsageReport {
    usages = Map.copyOf(usages);
  }
}
