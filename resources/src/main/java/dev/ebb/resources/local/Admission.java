package dev.ebb.resources.local;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.JsonEquality;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.apply.CompactRecord;
import dev.ebb.resources.apply.ManagedFields;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns what a client sent into what is stored: metadata of the system, unknown fields, defaults,
/// validation, generation. Writes nothing but its arguments, reads nothing else but what operators
/// set in ConfigMaps.
final class Admission {
  /// What is to be stored (without resource version), and what the user should be warned of.
  record Admitted(ObjectNode json, List<String> warnings) {}

  /// How a client writes: an apply brings the record of who owns which field with it, any other
  /// write is noted in it.
  enum Operation {
    UPDATE,
    PATCH,
    APPLY
  }

  private final InstantSource clock;
  private final IdSource ids;
  private final ConfigSource config;

  Admission(InstantSource clock, IdSource ids, ConfigSource config) {
    this.clock = clock;
    this.ids = ids;
    this.config = config;
  }

  Admitted create(
      KindDefinition kind, KubernetesObject object, WriteOptions options, Operation operation) {
    ObjectNode json = object.json().deepCopy();
    ObjectNode metadata = ObjectMetadata.ofUser(json);
    String uid = object.uid();
    String base = metadata.path("generateName").asString("");
    if (metadata.path("name").asString("").isEmpty() && !base.isEmpty()) {
      metadata.put("name", ObjectMetadata.generatedName(base, ids.nameSuffix()));
    }
    // A mirror is the object that it shows, also when it is made again after it was lost.
    boolean mirror = options.ephemeral() && options.byController() && !uid.isEmpty();
    metadata.put("uid", mirror ? uid : ids.uid());
    metadata.put("creationTimestamp", now());
    metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "generation"));
    if (kind.hasGeneration()) {
      metadata.put("generation", 1);
    }
    if (kind.statusSubresource()) {
      json.remove("status");
    }
    if (SystemKinds.isNamespace(kind)) {
      NamespaceState.begin(json);
    }
    Admitted admitted = admit(kind, json, Optional.empty(), options, operation);
    JsonNode given = object.metadata().path("managedFields");
    if (operation == Operation.APPLY) {
      setRecord(json, given);
    } else if (!options.byController() && !options.ephemeral()) {
      setRecord(
          json,
          ManagedFields.begin(
              json, given, kind.schema().openApi(), ServerSideApply.writer(kind, options, now())));
    }
    return admitted;
  }

  /// @param incoming the whole object for the main resource; what counts of it depends on the
  ///   subresource
  Admitted update(
      KindDefinition kind,
      KubernetesObject current,
      KubernetesObject incoming,
      WriteOptions options,
      Operation operation) {
    ObjectNode json =
        switch (options.subresource()) {
          case NONE -> replacement(kind, current, incoming);
          case STATUS -> part(current, "status", incoming.status());
          case SCALE -> Scale.replicas(kind, current, incoming);
          case FINALIZE -> NamespaceState.finalizers(current, incoming);
        };
    json.withObject("/metadata").remove(List.of("resourceVersion", "managedFields"));
    Admitted admitted = admit(kind, json, Optional.of(current), options, operation);
    setRecord(json, record(kind, current, incoming, json, options, operation));
    if (kind.hasGeneration() && !sameContent(kind, json, current.json())) {
      json.withObject("/metadata").put("generation", current.generation() + 1);
    }
    return admitted;
  }

  private JsonNode record(
      KindDefinition kind,
      KubernetesObject current,
      KubernetesObject incoming,
      ObjectNode json,
      WriteOptions options,
      Operation operation) {
    JsonNode given = incoming.metadata().path("managedFields");
    if (operation == Operation.APPLY) {
      return given;
    }
    if (options.byController() && options.subresource() == WriteOptions.Subresource.STATUS) {
      return current.metadata().path("managedFields"); // a status is nobody else's
    }
    return ManagedFields.track(
        current.json(),
        json,
        options.subresource() == WriteOptions.Subresource.NONE ? given : MissingNode.getInstance(),
        kind.schema().openApi(),
        ServerSideApply.writer(kind, options, now()));
  }

  /// After all that goes by the schema: the record is not a tree.
  private static void setRecord(ObjectNode json, JsonNode record) {
    if (!record.isMissingNode()) {
      json.withObject("/metadata").set("managedFields", CompactRecord.compact(record));
    }
  }

  /// The object marked for deletion, which goes when its finalizers are gone.
  ObjectNode markDeleted(
      KindDefinition kind,
      KubernetesObject current,
      List<String> finalizers,
      OptionalLong graceSeconds) {
    ObjectNode json = current.json().deepCopy();
    ObjectNode metadata = json.withObject("/metadata");
    metadata.remove(List.of("resourceVersion", "finalizers"));
    if (!finalizers.isEmpty()) {
      finalizers.forEach(metadata.putArray("finalizers")::add);
    }
    if (current.deletionTimestamp().isEmpty()) {
      boolean pod = SystemKinds.isPod(kind);
      PodDeletion.mark(
          metadata, clock.instant(), pod ? PodDeletion.seconds(current, graceSeconds) : 0);
      if (current.generation() > 0) {
        metadata.put("generation", current.generation() + 1);
      }
      if (SystemKinds.isNamespace(kind)) {
        NamespaceState.terminate(json);
      }
      if (SystemKinds.isDefinition(kind)) {
        DefinitionState.terminate(json, now());
      }
    } else if (SystemKinds.isPod(kind) && PodDeletion.isShorter(current, graceSeconds)) {
      PodDeletion.shorten(metadata, current, graceSeconds);
    }
    return json;
  }

  private static ObjectNode replacement(
      KindDefinition kind, KubernetesObject current, KubernetesObject incoming) {
    ObjectNode json = incoming.json().deepCopy();
    ObjectMetadata.keepSystemFields(ObjectMetadata.ofUser(json), current);
    if (kind.statusSubresource()) {
      keep(json, "status", current.status());
    }
    if (SystemKinds.isNamespace(kind)) {
      keep(json, "spec", current.spec());
    }
    return json;
  }

  private static ObjectNode part(KubernetesObject current, String field, JsonNode value) {
    ObjectNode json = current.json().deepCopy();
    keep(json, field, value);
    return json;
  }

  /// Copies, because what is stored is shared and defaulting works in place.
  private static void keep(ObjectNode json, String field, JsonNode value) {
    if (value.isMissingNode()) {
      json.remove(field);
    } else {
      json.set(field, value.deepCopy());
    }
  }

  private Admitted admit(
      KindDefinition kind,
      ObjectNode json,
      Optional<KubernetesObject> previous,
      WriteOptions options,
      Operation operation) {
    List<String> warnings =
        Decoding.unknownFields(kind, json, options.fieldValidation(), operation);
    kind.schema().prune(json);
    kind.schema().applyDefaults(json);
    // The rules may rely on the types; what else is wrong, they may still put right.
    List<FieldError> errors = bySchema(kind, json, previous);
    Decoding.requireTypes(kind, json, errors, operation);
    KindRules rules = kind.rules().under(config);
    rules.applyDefaults(json, previous);
    List<FieldError> annotations =
        options.subresource() == WriteOptions.Subresource.NONE
            ? UserAnnotations.set(kind, json, previous, options.user())
            : List.of();
    List<FieldError> wrong = new ArrayList<>();
    wrong.addAll(errors.isEmpty() ? errors : bySchema(kind, json, previous));
    wrong.addAll(MetadataValidation.validate(json));
    previous.ifPresent(before -> wrong.addAll(ObjectMetadata.validateUpdate(json, before)));
    KubernetesObject object = new KubernetesObject(json);
    if (!wrong.isEmpty()) {
      throw ApiException.invalid(kind, object.name(), wrong);
    }
    requireRules(kind, rules, object, previous, annotations);
    if (SystemKinds.isConfigMap(kind)) {
      SystemSettings.problem(object)
          .ifPresent(problem -> {
            throw ApiException.denied(SystemSettings.WEBHOOK, "validation failed: " + problem);
          });
    }
    List<String> all = new ArrayList<>(warnings);
    all.addAll(rules.warnings(object, previous));
    return new Admitted(json, all);
  }

  /// What did not change of a custom object is not held against a schema that did.
  private static List<FieldError> bySchema(
      KindDefinition kind, ObjectNode json, Optional<KubernetesObject> previous) {
    JsonNode unchanged =
        previous
            .filter(stored -> kind.isCustom())
            .map(stored -> (JsonNode) stored.json())
            .orElse(MissingNode.getInstance());
    return kind.schema().validate(json, unchanged);
  }

  /// Whoever refuses by rules on a cluster, it comes after what the schema refuses.
  private static void requireRules(
      KindDefinition kind,
      KindRules rules,
      KubernetesObject object,
      Optional<KubernetesObject> previous,
      List<FieldError> annotations) {
    List<FieldError> broken = new ArrayList<>(annotations);
    broken.addAll(rules.validate(object, previous));
    if (!broken.isEmpty()) {
      throw rules
          .webhook()
          .map(webhook -> ApiException.denied(webhook, kind, object.name(), broken))
          .orElseGet(() -> ApiException.invalid(kind, object.name(), broken));
    }
  }

  /// Whether all but metadata and status is equal: then the generation stays. Where a custom kind
  /// has no sub-resource for the status, that is content like all else.
  private static boolean sameContent(KindDefinition kind, ObjectNode a, ObjectNode b) {
    boolean withStatus = kind.isCustom() && !kind.statusSubresource();
    return JsonEquality.same(content(a, withStatus), content(b, withStatus));
  }

  private static ObjectNode content(ObjectNode json, boolean withStatus) {
    ObjectNode content = json.objectNode();
    json.properties()
        .forEach(field -> {
          if (!field.getKey().equals("metadata")
              && (withStatus || !field.getKey().equals("status"))) {
            content.set(field.getKey(), field.getValue());
          }
        });
    return content;
  }

  /// Kubernetes writes whole seconds.
  String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
