package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.VersionPriority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The documents in which clients find out what there is: `APIGroupList`, `APIResourceList` and the
/// aggregated `APIGroupDiscoveryList`. Made anew each time, as kinds may come while the server
/// runs.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api">Discovery
///   API</a>
final class Discovery {
  private final KindRegistry kinds;
  private final List<SubresourceRoute> subresources;

  Discovery(KindRegistry kinds, List<SubresourceRoute> subresources) {
    this.kinds = kinds;
    this.subresources = List.copyOf(subresources);
  }

  /// Group to version to resources; the core group first, in each group the preferred version
  /// first.
  Map<String, Map<String, List<ServedResource>>> groups() {
    Map<String, Map<String, List<ServedResource>>> groups = new LinkedHashMap<>();
    groups.put("", versions());
    groups.get("").put("v1", new ArrayList<>());
    for (KindDefinition kind : kinds.all()) {
      add(groups, ServedResource.of(kind, subresources));
    }
    AccessReviews.RESOURCES.forEach(resource -> add(groups, resource));
    return groups;
  }

  ObjectNode coreVersions() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", "APIVersions");
    document.putArray("versions").add("v1");
    document.putArray("serverAddressByClientCIDRs");
    return document;
  }

  ObjectNode groupList() {
    ObjectNode document = document("APIGroupList");
    ArrayNode list = document.putArray("groups");
    groups()
        .forEach((group, versions) -> {
          if (!group.isEmpty()) {
            list.add(describe(group, versions.keySet(), JsonNodeFactory.instance.objectNode()));
          }
        });
    return document;
  }

  /// @throws UnknownPathException when there is none
  ObjectNode group(String group) {
    Map<String, List<ServedResource>> versions = groups().get(group);
    if (versions == null || group.isEmpty()) {
      throw Refusals.unknownPath();
    }
    return describe(group, versions.keySet(), document("APIGroup"));
  }

  /// @throws UnknownPathException when there is none
  ObjectNode resourceList(String group, String version) {
    List<ServedResource> resources = groups().getOrDefault(group, Map.of()).get(version);
    if (resources == null) {
      throw Refusals.unknownPath();
    }
    ObjectNode document = document("APIResourceList");
    document.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    ArrayNode list = document.putArray("resources");
    for (ServedResource resource : resources) {
      ObjectNode entry = entry(list, resource, resource.plural(), resource.type());
      entry.put("singularName", resource.singular());
      strings(entry, "verbs", resource.verbs());
      strings(entry, "shortNames", resource.shortNames());
      strings(entry, "categories", resource.categories());
      for (ServedResource.Sub sub : resource.subresources()) {
        ObjectNode subEntry =
            entry(list, resource, resource.plural() + "/" + sub.name(), sub.type());
        subEntry.put("singularName", "");
        strings(subEntry, "verbs", sub.verbs());
      }
    }
    return document;
  }

  /// @param core the core group only, for `/api`; else all others, for `/apis`
  /// @param version of `apidiscovery.k8s.io`: `v2` or `v2beta1`, which differ in nothing else
  ObjectNode aggregated(boolean core, String version) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", "APIGroupDiscoveryList");
    document.put("apiVersion", "apidiscovery.k8s.io/" + version);
    document.putObject("metadata");
    ArrayNode items = document.putArray("items");
    groups()
        .forEach((group, versions) -> {
          if (group.isEmpty() == core) {
            ObjectNode item = items.addObject();
            item.putObject("metadata").put("name", group).putNull("creationTimestamp");
            ArrayNode list = item.putArray("versions");
            versions.forEach((name, resources) -> aggregate(list.addObject(), name, resources));
          }
        });
    return document;
  }

  private static void aggregate(ObjectNode into, String version, List<ServedResource> resources) {
    into.put("version", version);
    ArrayNode list = into.putArray("resources");
    for (ServedResource resource : resources) {
      ObjectNode entry = list.addObject();
      entry.put("resource", resource.plural());
      responseKind(entry, resource.type());
      entry.put("scope", resource.namespaced() ? "Namespaced" : "Cluster");
      entry.put("singularResource", resource.singular());
      strings(entry, "verbs", resource.verbs());
      strings(entry, "shortNames", resource.shortNames());
      strings(entry, "categories", resource.categories());
      if (!resource.subresources().isEmpty()) {
        ArrayNode subresources = entry.putArray("subresources");
        for (ServedResource.Sub sub : resource.subresources()) {
          ObjectNode subEntry = subresources.addObject().put("subresource", sub.name());
          responseKind(subEntry, sub.type());
          strings(subEntry, "verbs", sub.verbs());
        }
      }
    }
    into.put("freshness", "Current");
  }

  private static void responseKind(ObjectNode entry, GroupVersionKind type) {
    entry
        .putObject("responseKind")
        .put("group", type.group())
        .put("version", type.version())
        .put("kind", type.kind());
  }

  private static ObjectNode describe(String group, Set<String> versions, ObjectNode into) {
    into.put("name", group);
    ArrayNode list = into.putArray("versions");
    for (String version : new LinkedHashSet<>(versions)) {
      list.addObject().put("groupVersion", group + "/" + version).put("version", version);
    }
    into.set("preferredVersion", list.get(0).deepCopy());
    return into;
  }

  private static ObjectNode entry(
      ArrayNode list, ServedResource resource, String name, GroupVersionKind type) {
    return list.addObject()
        .put("name", name)
        .put("namespaced", resource.namespaced())
        .put("kind", type.kind());
  }

  private static void strings(ObjectNode into, String field, List<String> values) {
    if (!values.isEmpty()) {
      ArrayNode array = into.putArray(field);
      values.forEach(array::add);
    }
  }

  private static ObjectNode document(String kind) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    return document.put("kind", kind).put("apiVersion", "v1");
  }

  private static Map<String, List<ServedResource>> versions() {
    return new TreeMap<>(VersionPriority.PREFERRED_FIRST);
  }

  private static void add(
      Map<String, Map<String, List<ServedResource>>> groups, ServedResource resource) {
    groups
        .computeIfAbsent(resource.type().group(), group -> versions())
        .computeIfAbsent(resource.type().version(), version -> new ArrayList<>())
        .add(resource);
  }
}
