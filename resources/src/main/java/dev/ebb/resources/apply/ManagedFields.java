package dev.ebb.resources.apply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Server-side apply, by the rules of Kubernetes ("Server-Side Apply" in its documentation, KEP
/// 555; the model is that of kubernetes-sigs/structured-merge-diff).
///
/// Each field has owners. Who applies a configuration owns what is in it; who writes in another way
/// owns what they changed. To apply another value to a field that somebody else owns is a conflict,
/// unless forced, which takes the field over. What an applier owned and no longer applies goes, if
/// nobody else owns it.
///
/// The record begins when a client makes an object. What a controller made has none until somebody
/// applies it: then the writer `before-first-apply` owns what is there, as in Kubernetes for
/// objects without `managedFields`.
public final class ManagedFields {
  /// A field that somebody else owns and that has another value there.
  ///
  /// @param manager who, in the words of messages: `"kubectl" using v1`
  public record Conflict(String manager, List<String> fields) {}

  /// What an apply comes to: conflicts, or an object with its `managedFields`.
  public sealed interface Outcome {
    record Merged(ObjectNode json) implements Outcome {}

    record Conflicts(List<Conflict> conflicts) implements Outcome {}
  }

  /// Who writes, and how.
  ///
  /// @param subresource empty, `status` or `scale`
  /// @param statusSubresource whether the object itself is written without its status
  /// @param now RFC 3339
  public record Writer(
      String name, String subresource, boolean statusSubresource, String apiVersion, String now) {}

  private static final String BEFORE_FIRST_APPLY = "before-first-apply";

  /// As Kubernetes: more than ten that update one object are a loop that changes its name.
  private static final int MAX_UPDATE_MANAGERS = 10;

  private static final String ANCIENT = "ancient-changes";

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
    managers.add(
        wanted.equals(before.map(Manager::fields).orElse(FieldSet.EMPTY))
            ? before.orElse(self)
            : self.with(wanted, writer.now()));
    merged.withObject("/metadata").set("managedFields", Manager.write(managers));
    return new Outcome.Merged(merged);
  }

  /// The record of a new object that was not applied: the writer owns all of it.
  ///
  /// @param given a record that came with the object
  public static JsonNode begin(ObjectNode json, JsonNode given, JsonNode schema, Writer writer) {
    ObjectNode nothing = json.objectNode();
    return noted(Manager.read(given), nothing, json, new Structure(schema, false), writer);
  }

  /// The record after a write that is no apply. An object without one gets none.
  ///
  /// @param given the record that the writer sent with the next state: it replaces the present one
  ///   if it can be read, and ends the record if it is empty
  /// @return a missing node for no record
  public static JsonNode track(
      ObjectNode live, ObjectNode json, JsonNode given, JsonNode schema, Writer writer) {
    JsonNode present = live.at("/metadata/managedFields");
    if (isReset(given)) {
      return MissingNode.getInstance();
    }
    boolean same = given.isMissingNode() || given.equals(present);
    List<Manager> sent = same ? List.of() : Manager.read(given);
    List<Manager> managers = sent.isEmpty() ? Manager.read(present) : sent;
    return managers.isEmpty()
        ? MissingNode.getInstance()
        : noted(managers, live, json, new Structure(schema, false), writer);
  }

  private static boolean isReset(JsonNode given) {
    return given.isArray() && (given.isEmpty() || (given.size() == 1 && given.path(0).isEmpty()));
  }

  private static JsonNode noted(
      List<Manager> before, ObjectNode live, ObjectNode json, Structure structure, Writer writer) {
    List<Manager> managers = new ArrayList<>(before);
    FieldSet changed = strip(Fields.changed(live, json, structure));
    FieldSet removed = strip(Fields.removed(live, json, structure));
    Manager self =
        new Manager(
            writer.name(),
            Manager.UPDATE,
            writer.subresource(),
            writer.apiVersion(),
            writer.now(),
            changed);
    boolean known = managers.stream().anyMatch(self::isSameAs);
    managers.replaceAll(manager -> {
      FieldSet kept = manager.fields().minus(removed);
      FieldSet fields = self.isSameAs(manager) ? kept.union(changed) : kept.minus(changed);
      return manager.with(fields, writer.now());
    });
    if (!known) {
      managers.add(self);
    }
    return Manager.write(capped(managers));
  }

  /// Many writers under many names must not grow an object without end: the oldest become one.
  private static List<Manager> capped(List<Manager> managers) {
    List<Manager> updates =
        managers.stream()
            .filter(manager -> manager.operation().equals(Manager.UPDATE))
            .filter(manager -> !manager.fields().isEmpty())
            .sorted(Comparator.comparing(Manager::time).thenComparing(Manager::name))
            .toList();
    if (updates.size() <= MAX_UPDATE_MANAGERS) {
      return managers;
    }
    List<Manager> oldest = updates.subList(0, updates.size() - MAX_UPDATE_MANAGERS + 1);
    FieldSet fields = FieldSet.EMPTY;
    for (Manager manager : oldest) {
      fields = fields.union(manager.fields());
    }
    Manager last = oldest.getLast();
    List<Manager> rest = new ArrayList<>(managers);
    rest.removeAll(oldest);
    rest.add(new Manager(ANCIENT, Manager.UPDATE, "", last.apiVersion(), last.time(), fields));
    return rest;
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
    SortedMap<String, FieldSet> conflicts = new TreeMap<>();
    for (Manager manager : managers) {
      FieldSet both = manager.fields().intersection(changed);
      if (!both.isEmpty()) {
        conflicts.merge(manager.described(), both, FieldSet::union);
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
    if (writer.subresource().equals("scale")) {
      FieldSet spec = plain.child("f:spec");
      FieldSet replicas = FieldSet.of(Map.of("f:replicas", spec.child("f:replicas")));
      return FieldSet.of(Map.of("f:spec", replicas));
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
