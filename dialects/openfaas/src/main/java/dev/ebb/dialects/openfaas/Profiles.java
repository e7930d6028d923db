package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import dev.ebb.resources.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The Profiles that a function names in its annotation, and what they do to its Revisions.
///
/// Of several, what a later one says counts. What the function says of its resources counts before
/// any. Fields that choose among machines, rank Pods or replace them have no meaning on one machine
/// and are left out; what asks for something that a Pod would lack without it (another runtime,
/// another DNS server, groups of files) is put into the Revision, and refused there if need be.
///
/// Source: OpenFaaS's documentation of Profiles.
final class Profiles {
  static final String ANNOTATION = "com.openfaas.profile";

  private static final List<String> OF_THE_POD = List.of("runtimeClassName", "dnsPolicy");

  /// What of a Pod's security context a container can say itself, as Knative permits it.
  private static final List<String> OF_THE_CONTAINER =
      List.of("runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile");

  private Profiles() {}

  static List<String> names(Map<String, String> annotations) {
    return Stream.of(annotations.getOrDefault(ANNOTATION, "").split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /// @throws Refusal 400 for one that is not there
  static List<KubernetesObject> find(Resources resources, Map<String, String> annotations) {
    List<KubernetesObject> profiles = new ArrayList<>();
    for (String name : names(annotations)) {
      profiles.add(
          resources
              .find(OpenFaasKinds.PROFILE, new ObjectKey(FunctionNamespaces.SYSTEM, name))
              .orElseThrow(() ->
                  Refusal.badRequest(
                      "unable to fetch profiles: profile %s was not found in namespace %s"
                          .formatted(name, FunctionNamespaces.SYSTEM))));
    }
    return profiles;
  }

  /// @param spec of a Revision
  /// @param container that of the function
  static void apply(List<KubernetesObject> profiles, ObjectNode spec, ObjectNode container) {
    ObjectNode merged = Json.object();
    for (KubernetesObject profile : profiles) {
      OF_THE_POD.forEach(field -> copy(profile.spec(), field, merged));
      for (String field : List.of("podSecurityContext", "dnsConfig")) {
        merge(profile.spec().path(field), merged, field);
      }
      for (String field : List.of("limits", "requests")) {
        merge(profile.spec().path("resources").path(field), merged, field);
      }
    }
    for (String field : List.of("limits", "requests")) {
      JsonNode own = container.path("resources").path(field).deepCopy();
      merge(merged.path(field), container, "/resources/" + field);
      merge(own, container, "/resources/" + field);
    }
    for (Map.Entry<String, JsonNode> entry : merged.path("podSecurityContext").properties()) {
      boolean small = OF_THE_CONTAINER.contains(entry.getKey());
      (small ? container : spec)
          .withObject("/securityContext")
          .set(entry.getKey(), entry.getValue());
    }
    OF_THE_POD.forEach(field -> copy(merged, field, spec));
    copy(merged, "dnsConfig", spec);
  }

  private static void copy(JsonNode from, String field, ObjectNode to) {
    if (from.hasNonNull(field) && !from.path(field).asString("-").isEmpty()) {
      to.set(field, from.path(field).deepCopy());
    }
  }

  private static void merge(JsonNode from, ObjectNode to, String path) {
    for (Map.Entry<String, JsonNode> entry : from.properties()) {
      to.withObject(path.startsWith("/") ? path : "/" + path)
          .set(entry.getKey(), entry.getValue().deepCopy());
    }
  }
}
