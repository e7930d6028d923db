package dev.ebb.node.volumes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.Volume;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/// Works out the files of a projected volume. No effects but the questions to its sources.
///
/// @param holder the Pod, for its tokens
/// @param fields values of the downward API: the Pod's fields and the containers' resources
public record Projection(
    ApiAccess.Holder holder,
    ReferenceResolver resolver,
    PodTokens tokens,
    Function<EnvironmentVariable, Optional<String>> fields) {
  /// What a file has, and its permission bits.
  static final class Content {
    private final byte[] bytes;
    private final int mode;

    Content(byte[] bytes, int mode) {
      this.bytes = bytes;
      this.mode = mode;
    }

    byte[] bytes() {
      return bytes;
    }

    int mode() {
      return mode;
    }
  }

  /// By relative path. A later source goes before an earlier one, as in Kubernetes.
  ///
  /// @throws VolumeException when a source that is not optional is missing
  Map<String, Content> files(Volume.Projected volume) {
    var files = new TreeMap<String, Content>();
    for (Volume.Projection one : volume.projections()) {
      switch (one) {
        case Volume.Secret secret ->
            files.putAll(
                chosen(
                    "secret",
                    secret.name(),
                    resolver.secret(holder.namespace(), secret.name()),
                    secret.items(),
                    secret.optional(),
                    volume.defaultMode()));
        case Volume.ConfigMap map ->
            files.putAll(
                chosen(
                    "configmap",
                    map.name(),
                    resolver.configMap(holder.namespace(), map.name()).map(Projection::bytes),
                    map.items(),
                    map.optional(),
                    volume.defaultMode()));
        case Volume.DownwardApi api ->
            api.files().forEach(file -> files.put(path(file.path()), downward(file, volume)));
        case Volume.ServiceAccountToken token ->
            files.put(
                path(token.path()),
                new Content(tokens.token(holder, token).getBytes(UTF_8), volume.defaultMode()));
      }
    }
    return files;
  }

  private Content downward(Volume.FieldFile file, Volume.Projected volume) {
    String value =
        fields
            .apply(file.field())
            .orElseThrow(() ->
                new VolumeException("a field of " + file.path() + " is not known here", true));
    return new Content(value.getBytes(UTF_8), file.mode().orElse(volume.defaultMode()));
  }

  private Map<String, Content> chosen(
      String kind,
      String name,
      Optional<Map<String, byte[]>> data,
      List<Volume.Item> items,
      boolean optional,
      int mode) {
    if (data.isEmpty() && !optional) {
      throw new VolumeException("%s \"%s\" not found".formatted(kind, name), false);
    }
    Map<String, byte[]> values = data.orElse(Map.of());
    var files = new HashMap<String, Content>();
    if (items.isEmpty()) {
      values.forEach((key, bytes) -> files.put(path(key), new Content(bytes, mode)));
      return files;
    }
    for (Volume.Item item : items) {
      byte[] bytes = values.get(item.key());
      if (bytes != null) {
        OptionalInt own = item.mode();
        files.put(path(item.path()), new Content(bytes, own.orElse(mode)));
      } else if (!optional) {
        throw new VolumeException(
            "references non-existent %s key: %s".formatted(kind, item.key()), false);
      }
    }
    return files;
  }

  private static Map<String, byte[]> bytes(Map<String, String> texts) {
    var bytes = new HashMap<String, byte[]>();
    texts.forEach((key, text) -> bytes.put(key, text.getBytes(UTF_8)));
    return bytes;
  }

  /// Relative, and below the volume's root.
  private static String path(String text) {
    Path path = Path.of(text).normalize();
    if (text.isEmpty()
        || path.isAbsolute()
        || path.startsWith("..")
        || path.toString().isEmpty()
        || path.getName(0).toString().startsWith("..")) {
      throw new VolumeException("no path in a volume: " + text, true);
    }
    return path.toString();
  }
}
