package dev.ebb.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.images.FunctionPackageConfig;
import dev.ebb.kinds.KubernetesObject;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Reads the package of a Function out of its spec. Pure.
record FunctionSource(FunctionPackageConfig config, Map<String, byte[]> files) {
  /// @param entrypoints for each runtime that this server has, the file it loads by default
  /// @throws FunctionInvalidException with a message for the user
  static FunctionSource of(KubernetesObject function, Map<String, String> entrypoints) {
    JsonNode spec = function.spec();
    String runtime = spec.path("runtime").asString("");
    String defaultEntrypoint = entrypoints.get(runtime);
    if (defaultEntrypoint == null) {
      throw new FunctionInvalidException(
          "spec.runtime: no runtime \"%s\"; there are: %s"
              .formatted(
                  runtime,
                  entrypoints.keySet().stream().sorted().collect(Collectors.joining(", "))));
    }
    String given = spec.path("entrypoint").asString("");
    String entrypoint = given.isEmpty() ? defaultEntrypoint : given;
    Map<String, byte[]> files = files(spec.path("source"), entrypoint);
    if (given.isEmpty() && !files.containsKey(entrypoint) && files.size() == 1) {
      entrypoint = files.keySet().iterator().next();
    }
    if (!files.containsKey(entrypoint)) {
      throw new FunctionInvalidException(
          "spec.entrypoint: the source has no file \"%s\"; it has: %s"
              .formatted(
                  entrypoint,
                  files.keySet().stream().sorted().limit(10).collect(Collectors.joining(", "))));
    }
    return new FunctionSource(
        new FunctionPackageConfig(runtime, spec.path("handler").asString(""), entrypoint), files);
  }

  private static Map<String, byte[]> files(JsonNode source, String entrypoint) {
    if (source.has("inline")) {
      return Map.of(entrypoint, source.path("inline").asString("").getBytes(UTF_8));
    }
    if (source.has("archive")) {
      try {
        return FunctionArchive.read(
            Base64.getMimeDecoder().decode(source.path("archive").asString("")));
      } catch (IllegalArgumentException notBase64) {
        throw new FunctionInvalidException("spec.source.archive is not base64", notBase64);
      }
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (var entry : source.path("files").properties()) {
      files.put(entry.getKey(), entry.getValue().asString("").getBytes(UTF_8));
    }
    if (files.isEmpty()) {
      throw new FunctionInvalidException(
          "spec.source: exactly one of inline, files and archive is needed");
    }
    return files;
  }
}
