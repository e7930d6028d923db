package dev.ebb.kinds.core;

import dev.ebb.kinds.KindConversion;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import dev.ebb.kinds.SchemaWords;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Versions that Kubernetes has removed but older manifests still name; each write tells the user.
/// They have no short names: kubectl would warn at `get deploy` that it could mean these.
final class OldVersions {
  private OldVersions() {}

  /// A version with the fields of the present one.
  ///
  /// @param since the version of Kubernetes that deprecated it, `v1.21+`
  /// @param gone the version of Kubernetes that removed it
  static KindDefinition.Builder define(
      String apiVersion, KindDefinition present, String since, String gone) {
    return define(apiVersion, present, KindConversion.NONE, since, gone);
  }

  static KindDefinition.Builder define(
      String apiVersion,
      KindDefinition present,
      KindConversion conversion,
      String since,
      String gone) {
    String now = present.type().apiVersion();
    KindDefinition.Builder old =
        KindDefinition.define(
                apiVersion, present.type().kind(), present.plural(), schema(apiVersion, present))
            .strategicMergePatch()
            .columns(present.printerColumns().toArray(PrinterColumn[]::new))
            .generation(present.generation())
            .storedIn(now, conversion)
            .deprecated(warning(apiVersion, present, since, gone));
    return present.statusSubresource() ? old.withStatus() : old;
  }

  static String warning(String apiVersion, KindDefinition present, String since, String gone) {
    String kind = present.type().kind();
    return "%s %s is deprecated in %s, unavailable in %s; use %s %s"
        .formatted(apiVersion, kind, since, gone, present.type().apiVersion(), kind);
  }

  /// That of the present version, but that no selector is demanded: the old versions chose by the
  /// labels of the template.
  private static Schema schema(String apiVersion, KindDefinition present) {
    return Schema.lazy(() -> {
      ObjectNode object = present.schema().openApi().deepCopy();
      String prefix = "io.k8s.api." + apiVersion.replace('/', '.') + "." + present.type().kind();
      object.put(SchemaWords.NAME, prefix);
      ObjectNode spec = object.withObject("/properties/spec");
      spec.put(SchemaWords.NAME, prefix + "Spec");
      if (spec.path("required") instanceof ArrayNode required) {
        required.removeIf(name -> name.asString("").equals("selector"));
      }
      return object;
    });
  }
}
