package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.api.ApiType;
import dev.ebb.kinds.api.ApiTypes;
import dev.ebb.resources.ApiException;
import java.nio.ByteBuffer;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads objects in Kubernetes's own binary form, `application/vnd.kubernetes.protobuf`: kubectl
/// 1.32 and later send what `kubectl create deployment|job|secret|...` and `kubectl auth` make in
/// no other form, and so do typed clients in Go.
///
/// [ApiTypes] knows the numbers. Kinds that are not Kubernetes's own are refused with 415.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl">Kubernetes
///   Protobuf encoding</a>
final class ProtobufObjects {
  static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

  private static final byte[] MAGIC = {'k', '8', 's', 0};

  /// Go's clients send it with the group and version of whatever is deleted.
  private static final String DELETE_OPTIONS = "DeleteOptions";

  private static final ProtobufMessages MESSAGES = new ProtobufMessages(ApiTypes.KUBERNETES);

  private ProtobufObjects() {}

  /// @throws ApiException 400 for a broken message, 415 for a kind that is not read
  static ObjectNode read(byte[] body) {
    if (body.length < MAGIC.length
        || !ByteBuffer.wrap(MAGIC).equals(ByteBuffer.wrap(body, 0, MAGIC.length))) {
      throw ProtobufReader.malformed("it does not begin with k8s and a zero");
    }
    ProtobufReader envelope =
        new ProtobufReader(ByteBuffer.wrap(body, MAGIC.length, body.length - MAGIC.length).slice());
    String apiVersion = "";
    String kind = "";
    ByteBuffer raw = ByteBuffer.allocate(0);
    for (int number = envelope.next(); number != 0; number = envelope.next()) {
      switch (number) {
        case 1 -> {
          ProtobufReader type = new ProtobufReader(envelope.delimited());
          for (int field = type.next(); field != 0; field = type.next()) {
            switch (field) {
              case 1 -> apiVersion = type.text();
              case 2 -> kind = type.text();
              default -> type.skip();
            }
          }
        }
        case 2 -> raw = envelope.delimited();
        default -> envelope.skip();
      }
    }
    ApiType type =
        (kind.equals(DELETE_OPTIONS)
                ? Optional.of(ApiTypes.KUBERNETES.type("meta.v1." + kind))
                : ApiTypes.KUBERNETES.ofKind(GroupVersionKind.of(apiVersion, kind)))
            .orElseThrow(() -> Refusals.unsupportedMediaType(BodyFormat.SUPPORTED));
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", apiVersion).put("kind", kind);
    return object.setAll(MESSAGES.read(type, raw));
  }
}
