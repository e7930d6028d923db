package dev.ebb.apiserver;

import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Answers `/openapi/v2` and `/openapi/v3`, from which kubectl learns what it may send.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition">OpenAPI
///   interface definition</a>
final class OpenApiHandler {
  private static final String V2_PROTOBUF =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  /// What older clients ask for; it is no media type, so the answer carries the one above.
  private static final String V2_PROTOBUF_ASKED =
      "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

  private final OpenApiDocuments documents;

  OpenApiHandler(OpenApiDocuments documents) {
    this.documents = documents;
  }

  /// @param words of the path
  /// @return whether the path is one of OpenAPI
  boolean handle(Exchange exchange, List<String> words) {
    if (words.size() < 2 || !words.getFirst().equals("openapi")) {
      return false;
    }
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      throw Refusals.methodNotAllowed();
    }
    String path = String.join("/", words.subList(2, words.size()));
    if (words.get(1).equals("v2") && path.isEmpty()) {
      version2(exchange);
    } else if (words.get(1).equals("v3") && path.isEmpty()) {
      Responses.json(exchange, 200, index());
    } else if (words.get(1).equals("v3")) {
      version3(exchange, path);
    } else {
      throw Refusals.unknownPath();
    }
    return true;
  }

  private ObjectNode index() {
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    ObjectNode paths = index.putObject("paths");
    for (String path : documents.paths()) {
      documents
          .version3(path)
          .ifPresent(document ->
              paths
                  .putObject(path)
                  .put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + document.hash()));
    }
    return index;
  }

  private void version3(Exchange exchange, String path) {
    OpenApiDocuments.Document document =
        documents.version3(path).orElseThrow(Refusals::unknownPath);
    String hash = exchange.query("hash").orElse("");
    if (hash.equals(document.hash())) {
      // The URL names the very content, so it can be kept for as long as the client likes.
      exchange.setHeader("Cache-Control", "public, immutable");
    } else if (!hash.isEmpty()) {
      exchange.setHeader("Location", "/openapi/v3/" + path + "?hash=" + document.hash());
      exchange.respond(301, "", new byte[0]);
      return;
    }
    EntityTag.respond(exchange, "application/json", document.bytes());
  }

  private void version2(Exchange exchange) {
    exchange.setHeader("Vary", "Accept");
    for (MediaRange range : MediaRange.parseAccept(exchange.header("Accept").orElse("*/*"))) {
      switch (range.type()) {
        case V2_PROTOBUF, V2_PROTOBUF_ASKED -> {
          EntityTag.respond(exchange, V2_PROTOBUF, documents.version2Protobuf().bytes());
          return;
        }
        case "application/json", "application/*", "*/*" -> {
          EntityTag.respond(exchange, "application/json", documents.version2Json().bytes());
          return;
        }
        default -> {}
      }
    }
    throw Refusals.notAcceptable("application/json, " + V2_PROTOBUF);
  }
}
