package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words of a URL under `/api` or `/apis` that names a collection, an object or a sub-resource.
///
/// @param namespace empty for a cluster-scoped object, or for all namespaces
/// @param name empty for a collection
/// @param subresource empty for the object itself
/// @see <a
///   href="https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris">Resource
///   URIs</a>
record ResourcePath(
    String group,
    String version,
    String namespace,
    String plural,
    String name,
    String subresource) {
  /// Where the words of a path end that are this server's: behind `proxy` of
  /// `/api/v1/namespaces/NAMESPACE/PLURAL/NAME/proxy/...` the path is the business of whom the
  /// request goes on to.
  private static final Pattern PROXY =
      Pattern.compile("(/api/[^/]+/namespaces/[^/]+/[^/]+/[^/]+/proxy)/.*");

  /// @param path as sent, percent-encoded
  /// @return empty when the path cannot name a resource
  static Optional<ResourcePath> parse(String path) {
    Matcher proxied = PROXY.matcher(path);
    List<String> words = words(proxied.matches() ? proxied.group(1) : path);
    if (words.size() >= 3 && words.getFirst().equals("api")) {
      return of("", words.get(1), words.subList(2, words.size()));
    }
    if (words.size() >= 4 && words.getFirst().equals("apis")) {
      return of(words.get(1), words.get(2), words.subList(3, words.size()));
    }
    return Optional.empty();
  }

  /// Whether it names a namespace where the kind has one. A collection may be over all namespaces.
  boolean namespaceFits(KindDefinition kind) {
    return kind.namespaced() ? name.isEmpty() || !namespace.isEmpty() : namespace.isEmpty();
  }

  /// The decoded segments of a path; none when a segment is empty or badly encoded.
  static List<String> words(String path) {
    List<String> words = new ArrayList<>();
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (!trimmed.startsWith("/")) {
      return List.of();
    }
    for (String segment : trimmed.substring(1).split("/", -1)) {
      Optional<String> word = PercentEncoding.decode(segment);
      if (word.isEmpty() || word.get().isEmpty()) {
        return List.of();
      }
      words.add(word.get());
    }
    return words;
  }

  private static Optional<ResourcePath> of(String group, String version, List<String> rest) {
    boolean inNamespace =
        rest.size() >= 3
            && rest.getFirst().equals("namespaces")
            && !rest.get(2).equals("status")
            && !rest.get(2).equals("finalize");
    String namespace = inNamespace ? rest.get(1) : "";
    List<String> words = inNamespace ? rest.subList(2, rest.size()) : rest;
    if (words.size() > 3) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourcePath(
            group,
            version,
            namespace,
            words.getFirst(),
            words.size() > 1 ? words.get(1) : "",
            words.size() > 2 ? words.get(2) : ""));
  }
}
