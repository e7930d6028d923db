package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.openapi.OpenApiV3;
import dev.ebb.kinds.openapi.SwaggerV2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The OpenAPI documents of the kinds that are served, written once and kept until the kinds
/// change. Thread-safe.
final class OpenApiDocuments {
  private final KindRegistry kinds;
  private volatile @Nullable Snapshot snapshot;

  OpenApiDocuments(KindRegistry kinds) {
    this.kinds = kinds;
  }

  /// A document and the hash by which clients keep it.
  static final class Document {
    private final byte[] bytes;
    private final String hash;

    Document(byte[] bytes) {
      this.bytes = bytes;
      this.hash = EntityTag.hash(bytes);
    }

    /// Not a copy.
    byte[] bytes() {
      return bytes;
    }

    String hash() {
      return hash;
    }
  }

  /// The paths below `/openapi/v3/` of all documents: `api/v1`, `apis/apps/v1`.
  List<String> paths() {
    return List.copyOf(current().groups().keySet());
  }

  Optional<Document> version3(String path) {
    Snapshot now = current();
    return Optional.ofNullable(now.groups().get(path))
        .map(group ->
            now.document(
                path, key -> JsonText.write(OpenApiV3.document(group), /* pretty= */ false)));
  }

  Document version2Json() {
    return current().document("v2", key -> JsonText.write(swagger(), /* pretty= */ false));
  }

  Document version2Protobuf() {
    return current().document("v2.pb", key -> SwaggerProtobuf.encode(swagger()));
  }

  private ObjectNode swagger() {
    return SwaggerV2.document(kinds.all());
  }

  private Snapshot current() {
    List<KindDefinition> all = List.copyOf(kinds.all());
    Snapshot present = snapshot;
    if (present == null || !present.isOf(all)) {
      present = Snapshot.of(all);
      snapshot = present;
    }
    return present;
  }

  /// The kinds at one time, by path, and the documents that were asked for since.
  private record Snapshot(
      List<KindDefinition> kinds,
      Map<String, List<KindDefinition>> groups,
      Map<String, Document> documents) {
    static Snapshot of(List<KindDefinition> all) {
      Map<String, List<KindDefinition>> groups = new LinkedHashMap<>();
      for (KindDefinition kind : all) {
        String path = kind.group().isEmpty() ? "api/" : "apis/" + kind.group() + "/";
        groups.computeIfAbsent(path + kind.type().version(), key -> new ArrayList<>()).add(kind);
      }
      return new Snapshot(all, Collections.unmodifiableMap(groups), new ConcurrentHashMap<>());
    }

    /// By identity: comparing schemas would cost more than it saves.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(List<KindDefinition> others) {
      boolean same = others.size() == kinds.size();
      for (int i = 0; same && i < others.size(); i++) {
        same = others.get(i) == kinds.get(i);
      }
      return same;
    }

    Document document(String key, Function<String, byte[]> make) {
      return documents.computeIfAbsent(key, absent -> new Document(make.apply(absent)));
    }
  }
}
