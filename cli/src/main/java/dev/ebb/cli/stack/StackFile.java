package dev.ebb.cli.stack;

import dev.ebb.cli.CliException;
import dev.ebb.kinds.yaml.ManifestException;
import dev.ebb.kinds.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A `stack.yml`, as faas-cli reads it: its functions in the order of the file.
///
/// @param gateway that the file names; empty where it names none
public record StackFile(String gateway, List<StackFunction> functions) {
  private static final Set<String> PROVIDERS = Set.of("openfaas", "faas");

  public StackFile {
    functions = List.copyOf(functions);
  }

  /// @param environment for `${NAME}`; empty to leave all as it is
  /// @throws CliException that names the file and what is wrong
  public static StackFile read(Path file, Map<String, String> environment) {
    String text = text(file);
    JsonNode root = yaml(file, environment.isEmpty() ? text : substituted(file, text, environment));
    String provider = root.path("provider").path("name").asString("");
    if (!PROVIDERS.contains(provider)) {
      throw new CliException(
          "%s is no stack file: provider.name must be openfaas, not \"%s\""
              .formatted(file, provider));
    }
    if (root.path("functions").isEmpty()) {
      throw new CliException(file + " has no functions");
    }
    List<StackFunction> functions = new ArrayList<>();
    root.path("functions")
        .properties()
        .forEach(entry -> functions.add(function(file, entry.getKey(), entry.getValue())));
    return new StackFile(root.path("provider").path("gateway").asString(""), functions);
  }

  private static StackFunction function(Path file, String name, JsonNode yaml) {
    String image = yaml.path("image").asString("");
    if (image.isEmpty()) {
      throw new CliException(
          "function %s in %s has no image; building from source is not done from stack files"
              .formatted(name, file));
    }
    Map<String, String> environment = new LinkedHashMap<>(strings(yaml.path("environment")));
    for (JsonNode other : yaml.path("environment_file")) {
      Path variables = Path.of(other.asString(""));
      environment.putAll(strings(yaml(variables, text(variables)).path("environment")));
    }
    return new StackFunction(
        name,
        yaml.path("namespace").asString(""),
        image,
        yaml.path("fprocess").asString(""),
        environment,
        list(yaml.path("secrets")),
        strings(yaml.path("labels")),
        strings(yaml.path("annotations")),
        list(yaml.path("constraints")),
        strings(yaml.path("limits")),
        strings(yaml.path("requests")),
        yaml.path("readonly_root_filesystem").asString("").equals("true"));
  }

  private static Map<String, String> strings(JsonNode yaml) {
    Map<String, String> all = new LinkedHashMap<>();
    yaml.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue().asString("")));
    return all;
  }

  private static List<String> list(JsonNode yaml) {
    return yaml.valueStream().map(entry -> entry.asString("")).toList();
  }

  private static String substituted(Path file, String text, Map<String, String> environment) {
    try {
      return EnvironmentSubstitution.apply(text, environment);
    } catch (CliException e) {
      throw new CliException("in " + file + ": " + e.getMessage());
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CliException(
          "%s cannot be read: %s"
              .formatted(file, Files.exists(file) ? e.getMessage() : "there is no such file"));
    }
  }

  private static JsonNode yaml(Path file, String text) {
    try {
      List<JsonNode> documents = YamlReader.readAllAsText(text);
      if (documents.size() != 1 || !documents.getFirst().isObject()) {
        throw new CliException(file + " is no stack file: it must be one YAML document");
      }
      return documents.getFirst();
    } catch (ManifestException e) {
      throw new CliException("%s: %s".formatted(file, e.getMessage()));
    }
  }
}
