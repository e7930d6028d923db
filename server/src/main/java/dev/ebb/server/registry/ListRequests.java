package dev.ebb.server.registry;

import dev.ebb.apiserver.Exchange;
import dev.ebb.images.registry.Page;
import dev.ebb.images.registry.Referrer;
import dev.ebb.images.registry.Registry;
import dev.ebb.images.registry.Repository;
import dev.ebb.resources.ApiException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What there is: end-8 and 12 of the specification, and the catalog that registries have besides.
final class ListRequests {
  /// In one answer, when the client names no number.
  private static final int MOST = 10_000;

  private static final int MOST_REFERRERS = 500;
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final JsonMapper JSON = new JsonMapper();

  private final Registry registry;
  private final RegistryAccess access;

  ListRequests(Registry registry, RegistryAccess access) {
    this.registry = registry;
    this.access = access;
  }

  /// Those repositories that the user may pull from.
  void catalog(Exchange exchange) {
    Page<Repository> page =
        registry.repositories(
            it -> access.allows(exchange.user(), RegistryAccess.Verb.GET, it),
            last(exchange),
            count(exchange));
    ObjectNode document = JSON.createObjectNode();
    ArrayNode names = document.putArray("repositories");
    page.items().forEach(it -> names.add(it.name()));
    link(exchange, "/v2/_catalog?n=" + count(exchange), page, Repository::name);
    send(exchange, "application/json", document);
  }

  void tags(Repository repository, Exchange exchange) {
    Page<String> page = registry.manifests().tags(repository, last(exchange), count(exchange));
    ObjectNode document = JSON.createObjectNode();
    document.put("name", repository.name());
    ArrayNode tags = document.putArray("tags");
    page.items().forEach(tags::add);
    link(
        exchange,
        "/v2/%s/tags/list?n=%d".formatted(repository, count(exchange)),
        page,
        Function.identity());
    send(exchange, "application/json", document);
  }

  void referrers(RegistryPath.Referrers path, Exchange exchange) {
    String type = exchange.query("artifactType").orElse("");
    Page<Referrer> page =
        registry
            .manifests()
            .referrers(path.repository(), path.subject(), type, last(exchange), MOST_REFERRERS);
    ObjectNode document = JSON.createObjectNode();
    document.put("schemaVersion", 2).put("mediaType", INDEX);
    ArrayNode manifests = document.putArray("manifests");
    page.items().forEach(it -> describe(it, manifests.addObject()));
    if (!type.isEmpty()) {
      exchange.setHeader("OCI-Filters-Applied", "artifactType");
    }
    link(
        exchange,
        "/v2/%s/referrers/%s?artifactType=%s"
            .formatted(path.repository(), path.subject(), encode(type)),
        page,
        Referrer::digest);
    send(exchange, INDEX, document);
  }

  private static void describe(Referrer referrer, ObjectNode descriptor) {
    descriptor
        .put("mediaType", referrer.mediaType())
        .put("digest", referrer.digest())
        .put("size", referrer.size());
    if (!referrer.artifactType().isEmpty()) {
      descriptor.put("artifactType", referrer.artifactType());
    }
    if (!referrer.annotations().isEmpty()) {
      ObjectNode annotations = descriptor.putObject("annotations");
      referrer.annotations().forEach(annotations::put);
    }
  }

  private static String last(Exchange exchange) {
    return exchange.query("last").orElse("");
  }

  private static int count(Exchange exchange) {
    String text = exchange.query("n").orElse("");
    if (text.isEmpty()) {
      return MOST;
    }
    if (!text.matches("\\d{1,9}")) {
      throw ApiException.badRequest("'n' is not a number");
    }
    return Math.min(Integer.parseInt(text), MOST);
  }

  private static <T> void link(
      Exchange exchange, String path, Page<T> page, Function<T, String> name) {
    if (page.more()) {
      String last = encode(name.apply(page.items().getLast()));
      exchange.setHeader("Link", "<%s&last=%s>; rel=\"next\"".formatted(path, last));
    }
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static void send(Exchange exchange, String contentType, ObjectNode document) {
    exchange.respond(200, contentType, document.toString().getBytes(StandardCharsets.UTF_8));
  }
}
