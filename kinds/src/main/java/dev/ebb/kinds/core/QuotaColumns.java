package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.core.Columns.text;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Columns of ResourceQuotas: what is used of what is allowed.
final class QuotaColumns {
  private static final String LIMITS = "limits.";

  static final PrinterColumn[] ALL = {
    text("Request", quota -> usage(quota, /* limits= */ false)),
    text("Limit", quota -> usage(quota, /* limits= */ true)),
    AGE
  };

  private QuotaColumns() {}

  private static String usage(KubernetesObject quota, boolean limits) {
    Map<String, String> sorted = new TreeMap<>();
    JsonNode used = quota.status().path("used");
    for (Map.Entry<String, JsonNode> hard : quota.status().path("hard").properties()) {
      if (hard.getKey().startsWith(LIMITS) == limits) {
        sorted.put(
            hard.getKey(),
            used.path(hard.getKey()).asString("0") + "/" + hard.getValue().asString(""));
      }
    }
    return sorted.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
