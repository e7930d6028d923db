package dev.ebb.controllers.podspecs;

import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.Volume;
import dev.ebb.dataplane.Volume.Projection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// `volumes` of a Pod, those that a node can make.
final class Volumes {
  /// Kubernetes's `defaultMode`: 0644.
  private static final int MODE = 0644;

  private static final int TOKEN_SECONDS = 3600;

  private Volumes() {}

  static List<Volume> of(JsonNode spec) {
    List<Volume> volumes = new ArrayList<>();
    for (JsonNode volume : spec.path("volumes")) {
      source(volume)
          .ifPresent(source -> volumes.add(new Volume(Json.text(volume, "name"), source)));
    }
    return volumes;
  }

  /// Empty for a source that [UnsupportedFields] refuses.
  static Optional<Volume.Source> source(JsonNode volume) {
    JsonNode secret = volume.path("secret");
    JsonNode configMap = volume.path("configMap");
    JsonNode downward = volume.path("downwardAPI");
    JsonNode projected = volume.path("projected");
    JsonNode empty = volume.path("emptyDir");
    JsonNode host = volume.path("hostPath");
    JsonNode claim = volume.path("persistentVolumeClaim");
    if (secret.isObject()) {
      return single(
          secret,
          new Volume.Secret(
              Json.text(secret, "secretName"), items(secret), Json.flag(secret, "optional")));
    }
    if (configMap.isObject()) {
      return single(configMap, configMap(configMap));
    }
    if (downward.isObject()) {
      return single(downward, new Volume.DownwardApi(files(downward)));
    }
    if (projected.isObject()) {
      List<Projection> parts = new ArrayList<>();
      projected.path("sources").forEach(source -> projections(source, parts));
      return Optional.of(new Volume.Projected(parts, mode(projected)));
    }
    if (empty.isObject()) {
      return Optional.of(
          new Volume.EmptyDir(
              Json.text(empty, "medium").equals("Memory"), Json.bytes("sizeLimit", empty)));
    }
    if (host.isObject()) {
      return Optional.of(new Volume.HostPath(Json.text(host, "path"), Json.text(host, "type")));
    }
    return claim.isObject()
        ? Optional.of(
            new Volume.PersistentVolumeClaim(
                Json.text(claim, "claimName"), Json.flag(claim, "readOnly")))
        : Optional.empty();
  }

  private static Optional<Volume.Source> single(JsonNode source, Projection projection) {
    return Optional.of(new Volume.Projected(List.of(projection), mode(source)));
  }

  private static void projections(JsonNode source, List<Projection> parts) {
    JsonNode secret = source.path("secret");
    if (secret.isObject()) {
      parts.add(
          new Volume.Secret(
              Json.text(secret, "name"), items(secret), Json.flag(secret, "optional")));
    }
    if (source.path("configMap").isObject()) {
      parts.add(configMap(source.path("configMap")));
    }
    if (source.path("downwardAPI").isObject()) {
      parts.add(new Volume.DownwardApi(files(source.path("downwardAPI"))));
    }
    JsonNode token = source.path("serviceAccountToken");
    if (token.isObject()) {
      parts.add(
          new Volume.ServiceAccountToken(
              Json.text(token, "audience"),
              Json.seconds(token, "expirationSeconds", TOKEN_SECONDS),
              Json.text(token, "path")));
    }
  }

  private static Projection configMap(JsonNode source) {
    return new Volume.ConfigMap(
        Json.text(source, "name"), items(source), Json.flag(source, "optional"));
  }

  private static List<Volume.Item> items(JsonNode source) {
    return source
        .path("items")
        .valueStream()
        .map(item ->
            new Volume.Item(
                Json.text(item, "key"), Json.text(item, "path"), Json.mode(item, "mode")))
        .toList();
  }

  private static List<Volume.FieldFile> files(JsonNode source) {
    return source
        .path("items")
        .valueStream()
        .map(item ->
            new Volume.FieldFile(Json.text(item, "path"), field(item), Json.mode(item, "mode")))
        .toList();
  }

  private static EnvironmentVariable field(JsonNode item) {
    return item.has("fieldRef")
        ? EnvironmentVariables.field("", item.path("fieldRef"))
        : EnvironmentVariables.resource("", item.path("resourceFieldRef"));
  }

  private static int mode(JsonNode source) {
    return Json.mode(source, "defaultMode").orElse(MODE);
  }
}
