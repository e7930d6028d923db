package dev.ebb.kinds.extensions;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import java.util.List;

/// CustomResourceDefinition in `apiextensions.k8s.io/v1`, in which it is stored, and `v1beta1`,
/// which Kubernetes gave up in 1.22 and old manifests still have.
public final class ExtensionKinds {
  public static final String GROUP = "apiextensions.k8s.io";

  private static final PrinterColumn CREATED_AT =
      PrinterColumn.computed(
          "Created At",
          "date",
          "When the definition was made.",
          0,
          (object, now) -> object.metadata().path("creationTimestamp"));

  public static final KindDefinition DEFINITION =
      define("v1", Schema.lazy(CrdSchemas::v1)).rules(new CrdRules(CrdVersion.V1)).build();

  public static final KindDefinition DEFINITION_V1BETA1 =
      define("v1beta1", Schema.lazy(CrdSchemas::v1beta1))
          .storedAs("v1", CrdBetaConversion.CONVERSION)
          .deprecated(
              "apiextensions.k8s.io/v1beta1 CustomResourceDefinition is deprecated in v1.16+,"
                  + " unavailable in v1.22+; use apiextensions.k8s.io/v1 CustomResourceDefinition")
          .rules(new CrdRules(CrdVersion.V1BETA1))
          .build();

  public static final List<KindDefinition> ALL = List.of(DEFINITION, DEFINITION_V1BETA1);

  private ExtensionKinds() {}

  private static KindDefinition.Builder define(String version, Schema schema) {
    return KindDefinition.define(
            GROUP + "/" + version, "CustomResourceDefinition", "customresourcedefinitions", schema)
        .clusterScoped()
        .shortNames("crd", "crds")
        .categories("api-extensions")
        .columns(CREATED_AT)
        .withStatus()
        .strategicMergePatch();
  }
}
