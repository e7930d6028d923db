package dev.ebb.cli;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/// Makes the Function object of a source file and the options of `ebb deploy`. Pure.
public record FunctionManifest(
    String namespace,
    String name,
    SourceFile source,
    String handler,
    Map<String, String> environment,
    OptionalInt concurrency,
    OptionalInt scaleMin,
    OptionalInt scaleMax,
    OptionalInt timeoutSeconds) {
  private static final GroupVersionKind FUNCTION =
      new GroupVersionKind("ebb.dev", "v1", "Function");

  public KubernetesObject object() {
    return KubernetesObject.of(FUNCTION, new ObjectKey(namespace, name)).with(this::fill);
  }

  private void fill(ObjectNode object) {
    ObjectNode spec = object.putObject("spec");
    spec.put("runtime", source.runtime());
    if (!handler.isEmpty()) {
      spec.put("handler", handler);
    }
    spec.put("entrypoint", source.entrypoint());
    spec.putObject("source").put("inline", source.text());
    environment.forEach(
        (key, value) -> spec.withArray("env").addObject().put("name", key).put("value", value));
    concurrency.ifPresent(value -> spec.put("concurrency", value));
    timeoutSeconds.ifPresent(value -> spec.put("timeoutSeconds", value));
    scaleMin.ifPresent(value -> spec.withObject("/scaling").put("min", value));
    scaleMax.ifPresent(value -> spec.withObject("/scaling").put("max", value));
  }
}
