package dev.ebb.kinds;

import java.util.List;

/// Everything that the API says about a kind: names, schema, columns, rules.
///
/// @param shortNames `ksvc` for Services of Knative
/// @param categories `all`, `knative`: what `kubectl get CATEGORY` finds
/// @param statusSubresource writes to the object ignore `status`, writes to `/status` all else
/// @param strategicMergePatch true for Kubernetes's own kinds, false (415) for custom ones
/// @param ephemeral its truth lies elsewhere (mirrored Pods, Events): stored without fsync
public record KindDefinition(
    GroupVersionKind type,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    Schema schema,
    List<PrinterColumn> printerColumns,
    boolean statusSubresource,
    boolean strategicMergePatch,
    boolean ephemeral,
    KindRules rules) {
  public KindDefinition {
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    printerColumns = List.copyOf(printerColumns);
  }

  public String group() {
    return type.group();
  }

  /// `services.serving.knative.dev`, as error messages name it.
  public String qualifiedPlural() {
    return type.group().isEmpty() ? plural : plural + "." + type.group();
  }

  public boolean hasGeneration() {
    return schema.declares("spec");
  }
}
