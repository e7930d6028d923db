package dev.ebb.kinds.extensions;

import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Decides which names a definition may use, and from that whether it is established. Pure.
///
/// A name belongs to the definition that had it first; names of resources and names of kinds are
/// apart. Messages and reasons are those of Kubernetes.
public final class CrdNaming {
  private CrdNaming() {}

  /// The names that are taken in a group.
  ///
  /// @param resources plural, singular and short names
  /// @param kinds of objects and lists
  public record Taken(Set<String> resources, Set<String> kinds) {
    public Taken {
      resources = Set.copyOf(resources);
      kinds = Set.copyOf(kinds);
    }
  }

  /// @param others every other definition
  public static Taken taken(String group, Iterable<KubernetesObject> others) {
    Set<String> resources = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    for (KubernetesObject other : others) {
      if (other.spec().path("group").asString("").equals(group)) {
        JsonNode names = other.status().path("acceptedNames");
        resources.add(names.path("plural").asString(""));
        resources.add(names.path("singular").asString(""));
        names.path("shortNames").forEach(name -> resources.add(name.asString("")));
        kinds.add(names.path("kind").asString(""));
        kinds.add(names.path("listKind").asString(""));
      }
    }
    resources.remove("");
    kinds.remove("");
    return new Taken(resources, kinds);
  }

  /// The next status of a definition.
  ///
  /// @param servedBy a sentence about who serves the kind, when it is not this definition; or empty
  /// @param now RFC 3339
  public static ObjectNode status(
      KubernetesObject definition, Taken taken, String servedBy, String now) {
    ObjectNode status =
        definition.status() instanceof ObjectNode present
            ? present.deepCopy()
            : definition.json().objectNode();
    JsonNode wanted = definition.spec().path("names");
    ObjectNode accepted = status.withObject("/acceptedNames");
    List<String[]> conflicts = new ArrayList<>();
    BiConsumer<String, Set<String>> single =
        (field, names) -> {
          String name = wanted.path(field).asString("");
          if (!name.equals(accepted.path(field).asString("")) && names.contains(name)) {
            String reason = Character.toUpperCase(field.charAt(0)) + field.substring(1);
            conflicts.add(new String[] {reason + "Conflict", quoted(name)});
          } else {
            accepted.put(field, name);
          }
        };
    single.accept("plural", taken.resources());
    single.accept("singular", taken.resources());
    shortNames(wanted, accepted, taken, conflicts);
    single.accept("kind", taken.kinds());
    single.accept("listKind", taken.kinds());
    copyList(wanted, accepted, "categories");
    if (conflicts.isEmpty()) {
      CrdConditions.set(
          status, CrdConditions.NAMES_ACCEPTED, "True", "NoConflicts", "no conflicts found", now);
      String more = servedBy.isEmpty() ? "" : "; " + servedBy;
      CrdConditions.set(
          status,
          CrdConditions.ESTABLISHED,
          "True",
          "InitialNamesAccepted",
          "the initial names have been accepted" + more,
          now);
    } else {
      String[] last = conflicts.getLast();
      CrdConditions.set(status, CrdConditions.NAMES_ACCEPTED, "False", last[0], last[1], now);
      if (!CrdConditions.isTrue(status, CrdConditions.ESTABLISHED)) {
        CrdConditions.set(
            status,
            CrdConditions.ESTABLISHED,
            "False",
            "NotAccepted",
            "not all names are accepted",
            now);
      }
    }
    structural(definition, status, now);
    return status;
  }

  private static void shortNames(
      JsonNode wanted, ObjectNode accepted, Taken taken, List<String[]> conflicts) {
    Set<String> own = new HashSet<>();
    accepted.path("shortNames").forEach(name -> own.add(name.asString("")));
    List<String> used = new ArrayList<>();
    for (JsonNode name : wanted.path("shortNames")) {
      if (!own.contains(name.asString("")) && taken.resources().contains(name.asString(""))) {
        used.add(quoted(name.asString("")));
      }
    }
    if (used.isEmpty()) {
      copyList(wanted, accepted, "shortNames");
    } else {
      String all = String.join(", ", used);
      conflicts.add(new String[] {"ShortNamesConflict", used.size() == 1 ? all : "[" + all + "]"});
    }
  }

  private static void structural(KubernetesObject definition, ObjectNode status, String now) {
    List<String> wrong = new ArrayList<>();
    if (CrdValidation.preservesUnknown(definition.spec())) {
      wrong.add("spec.preserveUnknownFields: Invalid value: true: must be false");
    }
    JsonNode versions = definition.spec().path("versions");
    for (int i = 0; i < versions.size(); i++) {
      JsonNode schema = versions.path(i).path("schema").path("openAPIV3Schema");
      if (schema.isObject()) {
        String path = "spec.versions[%d].schema.openAPIV3Schema".formatted(i);
        StructuralRules.validate(schema, path)
            .forEach(error -> wrong.add(error.field() + ": " + error.message()));
      }
    }
    if (wrong.isEmpty()) {
      CrdConditions.remove(status, CrdConditions.NON_STRUCTURAL_SCHEMA);
    } else {
      String all = String.join(", ", wrong);
      CrdConditions.set(
          status,
          CrdConditions.NON_STRUCTURAL_SCHEMA,
          "True",
          "Violations",
          wrong.size() == 1 ? all : "[" + all + "]",
          now);
    }
  }

  private static void copyList(JsonNode from, ObjectNode to, String field) {
    if (from.path(field).isEmpty()) {
      to.remove(field);
    } else {
      to.set(field, from.path(field).deepCopy());
    }
  }

  private static String quoted(String name) {
    return "\"%s\" is already in use".formatted(name);
  }
}
