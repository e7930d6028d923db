package dev.ebb.apiserver;

import dev.ebb.kinds.CustomTraits;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import java.util.ArrayList;
import java.util.List;

/// What discovery says about one resource.
record ServedResource(
    GroupVersionKind type,
    String plural,
    String singular,
    boolean namespaced,
    List<String> verbs,
    List<String> shortNames,
    List<String> categories,
    List<Sub> subresources) {
  private static final List<String> OBJECT_VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  /// Of a kind whose definition is being deleted.
  private static final List<String> TERMINATING_VERBS =
      List.of("delete", "deletecollection", "get", "list", "watch");

  /// As in Kubernetes: to delete all namespaces at once is never meant.
  private static final List<String> NAMESPACE_VERBS =
      List.of("create", "delete", "get", "list", "patch", "update", "watch");

  /// Of a kind of which nothing is stored.
  private static final List<String> COMPUTED_VERBS = List.of("get", "list");

  private static final List<String> PART_VERBS = List.of("get", "patch", "update");

  /// A sub-resource; `type` is that of the documents that it answers with.
  record Sub(String name, GroupVersionKind type, List<String> verbs) {}

  static ServedResource of(KindDefinition kind, List<SubresourceRoute> routes) {
    List<Sub> subresources = new ArrayList<>();
    StoredSubresources.of(kind)
        .forEach((name, type) -> subresources.add(new Sub(name, type, PART_VERBS)));
    for (SubresourceRoute route : routes) {
      if (route.group().equals(kind.group())
          && route.version().equals(kind.type().version())
          && route.plural().equals(kind.plural())) {
        subresources.add(
            new Sub(route.subresource(), route.type().orElse(kind.type()), route.verbs()));
      }
    }
    return new ServedResource(
        kind.type(),
        kind.plural(),
        kind.singular(),
        kind.namespaced(),
        verbs(kind),
        kind.shortNames(),
        kind.categories(),
        subresources);
  }

  static List<String> verbs(KindDefinition kind) {
    if (kind.isComputed()) {
      return COMPUTED_VERBS;
    }
    if (kind.custom().map(CustomTraits::terminating).orElse(false)) {
      return TERMINATING_VERBS;
    }
    return kind.qualifiedPlural().equals("namespaces") ? NAMESPACE_VERBS : OBJECT_VERBS;
  }

  /// A resource that is asked, not stored.
  static ServedResource review(GroupVersionKind type, String plural, boolean namespaced) {
    return new ServedResource(
        type,
        plural,
        plural.substring(0, plural.length() - 1),
        namespaced,
        List.of("create"),
        List.of(),
        List.of(),
        List.of());
  }
}
