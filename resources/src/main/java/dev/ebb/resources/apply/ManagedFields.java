package dev.ebb.resources.apply;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Server-side apply, by the rules of Kubernetes ("Server-Side Apply" in its documentation, KEP
/// 555; the model is that of kubernetes-sigs/structured-merge-diff).
///
/// Each field has owners. Who applies a configuration owns what is in it; who writes in another way
/// owns what they changed. To apply another value to a field that somebody else owns is a conflict,
/// unless forced, which takes the field over. What an applier owned and no longer applies goes, if
/// nobody else owns it.
///
/// The record of owners begins with the first apply: then the writer `before-first-apply` owns what
/// is there, as in Kubernetes for objects without `managedFields`. So an object that nobody ever
/// applies is not burdened with it.
public final class ManagedFields {
  /// A field that somebody else owns and that has another value there.
  public record Conflict(String manager, List<String> fields) {}

  /// What an apply comes to: conflicts, or an object with its `managedFields`.
  public sealed interface Outcome {
    record Merged(ObjectNode json) implements Outcome {}

    record Conflicts(List<Conflict> conflicts) implements Outcome {}
  }

  /// Who writes, and how.
  ///
  /// @param subresource empty or `status`
  /// @param statusSubresource whether the object itself is written without its status
  /// @param now RFC 3339
  public record Writer(
      String name, String subresource, boolean statusSubresource, String apiVersion, String now) {}

  private static final String BEFORE_FIRST_APPLY = "before-first-apply";

  /// What identifies an object or is the system's belongs to nobody.
  private static final Set<String> UNOWNED_METADATA =
      Set.of(
          "name",
          "namespace",
          "uid",
          "creationTimestamp",
          "generation",
          "resourceVersion",
          "managedFields",
          "selfLink",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private ManagedFields() {}

  /// @param live the stored object, or the applied configuration itself when there is none
  /// @throws ApplyException for lists whose items cannot be told apart
  public static Outcome apply(
      ObjectNode live, ObjectNode applied, JsonNode schema, Writer writer, boolean force) {
    FieldSet wanted = owned(Fields.of(applied, new Structure(schema, true)), writer);
    Structure structure = new Structure(schema, false);
    List<Manager> managers = managers(live, structure, writer);
    Manager self =
        new Manager(
            writer.name(),
            Manager.APPLY,
            writer.subresource(),
            writer.apiVersion(),
            writer.now(),
            FieldSet.EMPTY);
    Optional<Manager> before = managers.stream().filter(self::isSameAs).findFirst();
    managers.removeIf(self::isSameAs);

    ObjectNode merged = (ObjectNode) ApplyMerge.merge(live, applied, structure);
    FieldSet changed = owned(Fields.changed(live, merged, structure), writer);
    List<Conflict> conflicts = conflicts(managers, changed);
    if (!conflicts.isEmpty() && !force) {
      return new Outcome.Conflicts(conflicts);
    }
    managers.replaceAll(manager -> manager.with(manager.fields().minus(changed), writer.now()));
    FieldSet others = FieldSet.EMPTY;
    for (Manager manager : managers) {
      others = others.union(manager.fields());
    }
    FieldSet given = before.map(Manager::fields).orElse(FieldSet.EMPTY).minus(wanted);
    ApplyMerge.prune(merged, given, others.union(wanted), structure);
    managers.add(before.orElse(self).with(wanted, writer.now()));
    merged.withObject("/metadata").set("managedFields", Manager.write(managers));
    return new Outcome.Merged(merged);
  }

  /// Notes who changed what by a write that is no apply. Does nothing to an object without a record
  /// of owners.
  ///
  /// @param json the next state, modified
  public static void track(ObjectNode live, ObjectNode json, JsonNode schema, Writer writer) {
    if (live.at("/metadata/managedFields").isEmpty()) {
      return;
    }
    Structure structure = new Structure(schema, false);
    FieldSet changed = strip(Fields.changed(live, json, structure));
    FieldSet removed = strip(Fields.of(live, structure)).minus(strip(Fields.of(json, structure)));
    Manager self =
        new Manager(
            writer.name(),
            Manager.UPDATE,
            writer.subresource(),
            writer.apiVersion(),
            writer.now(),
            changed);
    List<Manager> managers = Manager.read(live.at("/metadata/managedFields"));
    boolean known = managers.stream().anyMatch(self::isSameAs);
    managers.replaceAll(manager -> {
      FieldSet kept = manager.fields().minus(removed);
      FieldSet fields = self.isSameAs(manager) ? kept.union(changed) : kept.minus(changed);
      return manager.with(fields, writer.now());
    });
    if (!known) {
      managers.add(self);
    }
    ArrayNode entries = Manager.write(managers);
    json.withObject("/metadata").set("managedFields", entries);
  }

  private static List<Manager> managers(ObjectNode live, Structure structure, Writer writer) {
    List<Manager> managers = Manager.read(live.at("/metadata/managedFields"));
    boolean stored = !live.at("/metadata/uid").isMissingNode();
    if (managers.isEmpty() && stored) {
      managers.add(
          new Manager(
              BEFORE_FIRST_APPLY,
              Manager.UPDATE,
              "",
              writer.apiVersion(),
              writer.now(),
              strip(Fields.of(live, structure))));
    }
    return managers;
  }

  private static List<Conflict> conflicts(List<Manager> managers, FieldSet changed) {
    Map<String, FieldSet> conflicts = new LinkedHashMap<>();
    for (Manager manager : managers) {
      FieldSet both = manager.fields().intersection(changed);
      if (!both.isEmpty()) {
        conflicts.merge(manager.name(), both, FieldSet::union);
      }
    }
    List<Conflict> list = new ArrayList<>();
    conflicts.forEach((name, fields) -> list.add(new Conflict(name, fields.paths())));
    return list;
  }

  /// What this kind of write can own at all.
  private static FieldSet owned(FieldSet fields, Writer writer) {
    FieldSet plain = strip(fields);
    if (writer.subresource().equals("status")) {
      return FieldSet.of(Map.of("f:status", plain.child("f:status")));
    }
    return writer.statusSubresource() ? plain.without("f:status") : plain;
  }

  private static FieldSet strip(FieldSet fields) {
    FieldSet metadata = fields.child("f:metadata");
    for (String name : UNOWNED_METADATA) {
      metadata = metadata.without("f:" + name);
    }
    if (metadata.children().isEmpty()) {
      metadata = FieldSet.EMPTY;
    }
    FieldSet rest = fields.without("f:apiVersion").without("f:kind").without("f:metadata");
    return rest.union(FieldSet.of(Map.of("f:metadata", metadata)));
  }
}
