package dev.ebb.cli.export;

import dev.ebb.cli.stack.StackFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A function of OpenFaaS as `faas-cli` and `kubectl` read it. Pure.
public final class OpenFaasDocument {
  /// Where functions go that say no namespace, and where no function can be.
  private static final Set<String> UNSAID = Set.of("openfaas-fn", "default");

  private static final JsonMapper MAPPER = new JsonMapper();

  private OpenFaasDocument() {}

  /// @param gateway where it is deployed to if nothing else is said
  public static ObjectNode stack(StackFunction function, String gateway) {
    ObjectNode stack = MAPPER.createObjectNode();
    stack.put("version", "1.0");
    stack.putObject("provider").put("name", "openfaas").put("gateway", gateway);
    ObjectNode json = stack.putObject("functions").putObject(function.name());
    json.put("image", function.image()).put("skip_build", true);
    if (!UNSAID.contains(function.namespace())) {
      json.put("namespace", function.namespace());
    }
    if (!function.process().isEmpty()) {
      json.put("fprocess", function.process());
    }
    rest(json, function);
    if (function.readOnlyRootFilesystem()) {
      json.put("readonly_root_filesystem", true);
    }
    return stack;
  }

  /// An `openfaas.com/v1` Function.
  public static ObjectNode object(StackFunction function) {
    ObjectNode object = MAPPER.createObjectNode();
    object.put("apiVersion", "openfaas.com/v1").put("kind", "Function");
    object
        .putObject("metadata")
        .put("name", function.name())
        .put("namespace", function.namespace());
    ObjectNode spec = object.putObject("spec");
    spec.put("name", function.name()).put("image", function.image());
    if (!function.process().isEmpty()) {
      spec.put("handler", function.process());
    }
    rest(spec, function);
    if (function.readOnlyRootFilesystem()) {
      spec.put("readOnlyRootFilesystem", true);
    }
    return object;
  }

  /// Values that a stack file would not have as they are: its readers replace `${NAME}`.
  public static List<String> unsayable(StackFunction function) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("fprocess", function.process());
    function.environment().forEach((name, value) -> values.put("environment." + name, value));
    function.labels().forEach((name, value) -> values.put("labels." + name, value));
    function.annotations().forEach((name, value) -> values.put("annotations." + name, value));
    List<String> unsayable = new ArrayList<>();
    values.forEach((name, value) -> {
      if (value.contains("${")) {
        unsayable.add(name + ": a stack file would replace ${...} in it");
      }
    });
    return unsayable;
  }

  private static void rest(ObjectNode json, StackFunction function) {
    map(json, "environment", function.environment());
    list(json, "secrets", function.secrets());
    map(json, "labels", function.labels());
    map(json, "annotations", function.annotations());
    list(json, "constraints", function.constraints());
    map(json, "limits", function.limits());
    map(json, "requests", function.requests());
  }

  private static void map(ObjectNode json, String field, Map<String, String> values) {
    if (!values.isEmpty()) {
      new TreeMap<>(values).forEach(json.putObject(field)::put);
    }
  }

  private static void list(ObjectNode json, String field, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(json.putArray(field)::add);
    }
  }
}
