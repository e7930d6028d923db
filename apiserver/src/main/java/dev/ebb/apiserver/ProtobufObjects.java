package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import java.nio.ByteBuffer;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Reads objects in Kubernetes's own binary form, `application/vnd.kubernetes.protobuf`: kubectl
/// 1.32 and later send what `kubectl create configmap|secret|namespace|serviceaccount` and `kubectl
/// auth` make in no other form.
///
/// The numbers are those of `generated.proto` of k8s.io/api and k8s.io/apimachinery. Other kinds
/// are refused with 415.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl">Kubernetes
///   Protobuf encoding</a>
final class ProtobufObjects {
  static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private static final ProtobufMessage OBJECT_META =
      new ProtobufMessage()
          .text(1, "name")
          .text(2, "generateName")
          .text(3, "namespace")
          .ignored(4)
          .text(5, "uid")
          .text(6, "resourceVersion")
          .integer(7, "generation")
          .time(8, "creationTimestamp")
          .time(9, "deletionTimestamp")
          .integer(10, "deletionGracePeriodSeconds")
          .textMap(11, "labels")
          .textMap(12, "annotations")
          .messages(
              13,
              "ownerReferences",
              new ProtobufMessage()
                  .text(1, "kind")
                  .text(3, "name")
                  .text(4, "uid")
                  .text(5, "apiVersion")
                  .flag(6, "controller")
                  .flag(7, "blockOwnerDeletion"))
          .texts(14, "finalizers");

  private static final ProtobufMessage NAME = new ProtobufMessage().text(1, "name");

  private static final ProtobufMessage REVIEW_ATTRIBUTES =
      new ProtobufMessage()
          .text(1, "namespace")
          .text(2, "verb")
          .text(3, "group")
          .text(4, "version")
          .text(5, "resource")
          .text(6, "subresource")
          .text(7, "name");

  private static final ProtobufMessage NON_RESOURCE =
      new ProtobufMessage().text(1, "path").text(2, "verb");

  /// By apiVersion and kind, as the envelope has them.
  private static final Map<String, ProtobufMessage> TYPES =
      Map.of(
          "v1 DeleteOptions",
          new ProtobufMessage()
              .integer(1, "gracePeriodSeconds")
              .message(
                  2,
                  "preconditions",
                  new ProtobufMessage().text(1, "uid").text(2, "resourceVersion"))
              .flag(3, "orphanDependents")
              .text(4, "propagationPolicy")
              .texts(5, "dryRun"),
          "v1 ConfigMap",
          object().textMap(2, "data").bytesMap(3, "binaryData").flag(4, "immutable"),
          "v1 Secret",
          object()
              .bytesMap(2, "data")
              .text(3, "type")
              .textMap(4, "stringData")
              .flag(5, "immutable"),
          "v1 Namespace",
          object()
              .message(2, "spec", new ProtobufMessage().texts(1, "finalizers"))
              .message(3, "status", new ProtobufMessage().text(1, "phase")),
          "v1 ServiceAccount",
          object()
              .messages(2, "secrets", new ProtobufMessage().text(3, "name"))
              .messages(3, "imagePullSecrets", NAME)
              .flag(4, "automountServiceAccountToken"),
          "authorization.k8s.io/v1 SelfSubjectAccessReview",
          object()
              .message(
                  2,
                  "spec",
                  new ProtobufMessage()
                      .message(1, "resourceAttributes", REVIEW_ATTRIBUTES)
                      .message(2, "nonResourceAttributes", NON_RESOURCE))
              .ignored(3),
          "authorization.k8s.io/v1 SelfSubjectRulesReview",
          object().message(2, "spec", new ProtobufMessage().text(1, "namespace")).ignored(3),
          "authorization.k8s.io/v1 SubjectAccessReview",
          object()
              .message(
                  2,
                  "spec",
                  new ProtobufMessage()
                      .message(1, "resourceAttributes", REVIEW_ATTRIBUTES)
                      .message(2, "nonResourceAttributes", NON_RESOURCE)
                      .text(3, "user")
                      .texts(4, "groups"))
              .ignored(3),
          "authentication.k8s.io/v1 SelfSubjectReview",
          object().ignored(2),
          "authentication.k8s.io/v1 TokenReview",
          object()
              .message(2, "spec", new ProtobufMessage().text(1, "token").texts(2, "audiences"))
              .ignored(3));

  private static final ProtobufMessage TYPE_META =
      new ProtobufMessage().text(1, "apiVersion").text(2, "kind");

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
          ObjectNode type = TYPE_META.read(envelope.delimited());
          apiVersion = type.path("apiVersion").asString("");
          kind = type.path("kind").asString("");
        }
        case 2 -> raw = envelope.delimited();
        default -> envelope.delimited();
      }
    }
    ProtobufMessage type = TYPES.get(apiVersion + " " + kind);
    if (type == null) {
      throw Refusals.unsupportedMediaType(BodyFormat.SUPPORTED);
    }
    return type.read(raw).put("apiVersion", apiVersion).put("kind", kind);
  }

  private static ProtobufMessage object() {
    return new ProtobufMessage().message(1, "metadata", OBJECT_META);
  }
}
