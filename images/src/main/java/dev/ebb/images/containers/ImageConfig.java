package dev.ebb.images.containers;

import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an image says about how it wants to be run: the OCI image configuration, which Docker's is
/// too as far as these fields go.
///
/// @param architecture in the words of Go: `amd64`, `arm64`
/// @param variant of the architecture: `v8`; empty when it says none
/// @param entrypoint and `command` make the command line; each may be empty
/// @param environment `NAME=value`
/// @param workingDirectory empty for `/`
/// @param user `USER`, `UID`, `USER:GROUP`, `UID:GID`; empty for root
/// @param exposedPorts `8080/tcp`
/// @param volumes paths in the container that want to be writable and not part of the image
/// @param stopSignal a name or a number; empty for SIGTERM
/// @param diffIds digests of the uncompressed layers, lowest first
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">OCI image
///   configuration</a>
public record ImageConfig(
    String architecture,
    String os,
    String variant,
    List<String> entrypoint,
    List<String> command,
    List<String> environment,
    String workingDirectory,
    String user,
    Set<String> exposedPorts,
    Set<String> volumes,
    String stopSignal,
    Map<String, String> labels,
    List<String> diffIds) {
  private static final JsonMapper JSON = new JsonMapper();

  public ImageConfig {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    exposedPorts = java.util.Collections.unmodifiableSet(new TreeSet<>(exposedPorts));
    volumes = java.util.Collections.unmodifiableSet(new TreeSet<>(volumes));
    labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    diffIds = diffIds.stream().map(String::intern).toList(); // many images have a layer
  }

  /// @throws ImageException INVALID when it is no image configuration
  public static ImageConfig parse(byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw invalid("not JSON: " + e.getOriginalMessage());
    }
    if (!json.isObject()) {
      throw invalid("no JSON object");
    }
    var rootfs = json.path("rootfs");
    if (!rootfs.path("type").asString("").equals("layers")) {
      throw invalid("rootfs.type is not \"layers\"");
    }
    var config = json.path("config");
    return new ImageConfig(
        text(json, "architecture"),
        text(json, "os"),
        text(json, "variant"),
        command(config, "Entrypoint"),
        command(config, "Cmd"),
        texts(config, "Env"),
        text(config, "WorkingDir"),
        text(config, "User"),
        keys(config, "ExposedPorts"),
        keys(config, "Volumes"),
        text(config, "StopSignal"),
        labels(config),
        texts(rootfs, "diff_ids"));
  }

  private static String text(JsonNode json, String field) {
    var value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isString()) {
      throw invalid(field + " is no text");
    }
    return value.asString();
  }

  /// Old builders wrote a command as one text, which Docker takes for a list of one.
  private static List<String> command(JsonNode json, String field) {
    return json.path(field).isString() ? List.of(text(json, field)) : texts(json, field);
  }

  private static List<String> texts(JsonNode json, String field) {
    var value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    for (var element : value) {
      if (!element.isString()) {
        throw invalid(field + " holds something that is no text");
      }
      texts.add(element.asString());
    }
    if (!value.isArray()) {
      throw invalid(field + " is no list");
    }
    return texts;
  }

  /// Go writes a set as a map to empty objects.
  private static Set<String> keys(JsonNode json, String field) {
    var value = json.path(field);
    if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
      throw invalid(field + " is no object");
    }
    return new TreeSet<>(value.propertyNames());
  }

  private static Map<String, String> labels(JsonNode config) {
    var labels = new LinkedHashMap<String, String>();
    var json = config.path("Labels");
    for (var name : keys(config, "Labels")) {
      labels.put(name, text(json, name));
    }
    return labels;
  }

  private static ImageException invalid(String why) {
    return new ImageException(Reason.INVALID, "the image's configuration is not valid: " + why);
  }
}
