package dev.ebb.kinds.openfaas;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import java.util.List;

/// The kinds of `openfaas.com/v1`. Names, fields and columns are those of faas-netes's definitions,
/// which have no short names.
public final class OpenFaasKinds {
  public static final String API_VERSION = "openfaas.com/v1";

  public static final KindDefinition FUNCTION =
      KindDefinition.define(
              API_VERSION, "Function", "functions", Schema.lazy(OpenFaasSchemas::function))
          .columns(
              new PrinterColumn("Image", "string", ".spec.image", "", 0),
              condition("Ready", "The function's desired state has been applied.", 1),
              condition("Healthy", "An instance takes requests.", 0),
              number("Replicas", ".status.replicas", "The desired number of replicas.", 0),
              number("Available", ".status.availableReplicas", "", 0),
              number("Unavailable", ".status.unavailableReplicas", "", 1))
          .withStatus()
          .rules(OpenFaasFunctionRules.RULES)
          .build();

  public static final KindDefinition PROFILE =
      KindDefinition.define(
              API_VERSION, "Profile", "profiles", Schema.lazy(OpenFaasSchemas::profile))
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL = List.of(FUNCTION, PROFILE);

  private OpenFaasKinds() {}

  private static PrinterColumn condition(String type, String doc, int priority) {
    return new PrinterColumn(
        type,
        "string",
        ".status.conditions[?(@.type == \"%s\")].status".formatted(type),
        doc,
        priority);
  }

  private static PrinterColumn number(String name, String path, String doc, int priority) {
    return new PrinterColumn(name, "integer", path, doc, priority);
  }
}
