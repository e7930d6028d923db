package dev.ebb.kinds.functions;

import static dev.ebb.kinds.PrinterColumn.AGE;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import java.util.List;

/// The kinds of `ebb.dev/v1`.
public final class FunctionKinds {
  public static final String API_VERSION = "ebb.dev/v1";

  public static final KindDefinition FUNCTION =
      KindDefinition.define(
              API_VERSION, "Function", "functions", Schema.lazy(FunctionSchemas::function))
          .shortNames("fn")
          .categories("all", "ebb")
          .columns(
              column("Runtime", ".spec.runtime"),
              column("URL", ".status.url"),
              column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
              column("Reason", ".status.conditions[?(@.type=='Ready')].reason"),
              AGE)
          .withStatus()
          .rules(FunctionRules.RULES)
          .build();

  public static final List<KindDefinition> ALL = List.of(FUNCTION);

  private FunctionKinds() {}

  private static PrinterColumn column(String name, String jsonPath) {
    return new PrinterColumn(name, "string", jsonPath, "", 0);
  }
}
