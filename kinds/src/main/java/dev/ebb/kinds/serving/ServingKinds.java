package dev.ebb.kinds.serving;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import java.util.List;
import java.util.Optional;

/// The kinds of Knative Serving, with the names and columns of Knative's own definitions.
public final class ServingKinds {
  public static final String API_VERSION = "serving.knative.dev/v1";

  /// Who refuses objects of these kinds on a cluster, as clients read it.
  static final Optional<String> WEBHOOK = Optional.of("validation.webhook.serving.knative.dev");

  private static final PrinterColumn READY =
      column("Ready", ".status.conditions[?(@.type=='Ready')].status");
  private static final PrinterColumn REASON =
      column("Reason", ".status.conditions[?(@.type=='Ready')].reason");
  private static final PrinterColumn URL = column("URL", ".status.url");
  private static final PrinterColumn LATEST_CREATED =
      column("LatestCreated", ".status.latestCreatedRevisionName");
  private static final PrinterColumn LATEST_READY =
      column("LatestReady", ".status.latestReadyRevisionName");

  public static final KindDefinition SERVICE =
      define("Service", "services", Schema.lazy(ServingSchemas::service))
          .shortNames("kservice", "ksvc")
          .columns(URL, LATEST_CREATED, LATEST_READY, READY, REASON)
          .rules(ServiceRules.RULES)
          .build();

  public static final KindDefinition CONFIGURATION =
      define("Configuration", "configurations", Schema.lazy(ServingSchemas::configuration))
          .shortNames("config", "cfg")
          .columns(LATEST_CREATED, LATEST_READY, READY, REASON)
          .rules(ConfigurationRules.RULES)
          .build();

  public static final KindDefinition REVISION =
      define("Revision", "revisions", Schema.lazy(ServingSchemas::revision))
          .shortNames("rev")
          .columns(
              column("Config Name", ".metadata.labels['serving\\.knative\\.dev/configuration']"),
              column(
                  "Generation",
                  ".metadata.labels['serving\\.knative\\.dev/configurationGeneration']"),
              READY,
              REASON,
              new PrinterColumn("Actual Replicas", "integer", ".status.actualReplicas", "", 0),
              new PrinterColumn("Desired Replicas", "integer", ".status.desiredReplicas", "", 0))
          .rules(RevisionRules.RULES)
          .build();

  public static final KindDefinition ROUTE =
      define("Route", "routes", Schema.lazy(ServingSchemas::route))
          .shortNames("rt")
          .columns(URL, READY, REASON)
          .rules(RouteRules.RULES)
          .build();

  public static final List<KindDefinition> ALL = List.of(SERVICE, CONFIGURATION, REVISION, ROUTE);

  private ServingKinds() {}

  private static KindDefinition.Builder define(String kind, String plural, Schema schema) {
    return KindDefinition.define(API_VERSION, kind, plural, schema)
        .categories("all", "knative", "serving")
        .withStatus();
  }

  private static PrinterColumn column(String name, String jsonPath) {
    return new PrinterColumn(name, "string", jsonPath, "", 0);
  }
}
