package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `-o`: how a command prints its result.
public final class OutputOption {
  private static final JsonMapper MAPPER = new JsonMapper();

  /// The forms of output.
  public enum Format {
    TEXT,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "text or json (default: text).")
  private Format format = Format.TEXT;

  public boolean json() {
    return format == Format.JSON;
  }

  public static void print(PrintWriter out, JsonNode json) {
    out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    out.flush();
  }

  /// As `kubectl get -o json` prints several objects: a `List`.
  public static void print(PrintWriter out, List<KubernetesObject> objects) {
    print(out, list(objects));
  }

  static ObjectNode list(List<KubernetesObject> objects) {
    ObjectNode list = MAPPER.createObjectNode();
    list.put("apiVersion", "v1").put("kind", "List");
    objects.forEach(object -> list.withArray("items").add(object.json()));
    return list;
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }
}
