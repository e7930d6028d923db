package dev.ebb.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What discovery says of one kind, in the version that the server prefers.
///
/// @param group empty for core
record ApiResource(
    String group,
    String version,
    String name,
    String kind,
    boolean namespaced,
    List<String> verbs,
    List<String> shortNames,
    List<String> categories) {
  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /// `services.serving.knative.dev`
  String qualifiedName() {
    return group.isEmpty() ? name : name + "." + group;
  }

  /// By group and name, as kubectl sorts them; sub-resources are left out.
  static List<ApiResource> discover(ApiClient api) {
    Map<String, ApiResource> found = new LinkedHashMap<>();
    for (JsonNode version : api.get("/api").path("versions")) {
      add(found, api, "/api/", "", version.asString(""));
    }
    for (JsonNode group : api.get("/apis").path("groups")) {
      List<String> versions = new ArrayList<>();
      versions.add(group.path("preferredVersion").path("version").asString(""));
      group.path("versions").forEach(entry -> versions.add(entry.path("version").asString("")));
      for (String version : versions.stream().distinct().toList()) {
        add(found, api, "/apis/", group.path("name").asString(""), version);
      }
    }
    return found.values().stream()
        .sorted(Comparator.comparing(ApiResource::group).thenComparing(ApiResource::name))
        .toList();
  }

  /// A resource that an earlier, preferred version has is passed over.
  private static void add(
      Map<String, ApiResource> found, ApiClient api, String root, String group, String version) {
    String path = group.isEmpty() ? version : group + "/" + version;
    for (JsonNode resource : api.get(root + path).path("resources")) {
      String name = resource.path("name").asString("");
      List<String> verbs = strings(resource.path("verbs"));
      if (name.indexOf('/') < 0 && !verbs.isEmpty()) {
        ApiResource entry =
            new ApiResource(
                group,
                version,
                name,
                resource.path("kind").asString(""),
                resource.path("namespaced").asBoolean(false),
                verbs,
                strings(resource.path("shortNames")),
                strings(resource.path("categories")));
        found.putIfAbsent(entry.qualifiedName(), entry);
      }
    }
  }

  private static List<String> strings(JsonNode list) {
    return list.valueStream().map(value -> value.asString("")).toList();
  }
}
