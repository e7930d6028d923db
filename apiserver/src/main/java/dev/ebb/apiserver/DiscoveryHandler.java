package dev.ebb.apiserver;

import java.util.List;
import java.util.Optional;

/// Answers `/api`, `/apis` and the groups and versions below.
final class DiscoveryHandler {
  private static final String GROUP_LIST = "APIGroupDiscoveryList";

  private final Discovery discovery;

  DiscoveryHandler(Discovery discovery) {
    this.discovery = discovery;
  }

  /// @param words of the path
  /// @return whether the path is one of discovery
  boolean handle(Exchange exchange, List<String> words) {
    boolean core = !words.isEmpty() && words.getFirst().equals("api");
    boolean named = !words.isEmpty() && words.getFirst().equals("apis");
    if (!(core && words.size() <= 2) && !(named && words.size() <= 3)) {
      return false;
    }
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      throw Refusals.methodNotAllowed();
    }
    if (words.size() == 1) {
      root(exchange, core);
    } else if (core) {
      Responses.json(exchange, 200, discovery.resourceList("", words.get(1)));
    } else if (words.size() == 2) {
      Responses.json(exchange, 200, discovery.group(words.get(1)));
    } else {
      Responses.json(exchange, 200, discovery.resourceList(words.get(1), words.get(2)));
    }
    return true;
  }

  private void root(Exchange exchange, boolean core) {
    Optional<String> version = aggregatedVersion(exchange);
    if (version.isPresent()) {
      exchange.setHeader("Vary", "Accept");
      EntityTag.respond(
          exchange,
          "application/json;g=apidiscovery.k8s.io;v=%s;as=%s".formatted(version.get(), GROUP_LIST),
          JsonText.write(discovery.aggregated(core, version.get()), /* pretty= */ false));
    } else {
      Responses.json(exchange, 200, core ? discovery.coreVersions() : discovery.groupList());
    }
  }

  /// The aggregated form, if the client prefers one that there is over the plain one.
  private static Optional<String> aggregatedVersion(Exchange exchange) {
    for (MediaRange range : MediaRange.parseAccept(exchange.header("Accept").orElse(""))) {
      if (!range.type().equals("application/json")) {
        continue;
      }
      if (range.parameter("as").isEmpty()) {
        return Optional.empty();
      }
      String version = range.parameter("v");
      if (range.parameter("as").equals(GROUP_LIST)
          && range.parameter("g").equals("apidiscovery.k8s.io")
          && (version.equals("v2") || version.equals("v2beta1"))) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }
}
