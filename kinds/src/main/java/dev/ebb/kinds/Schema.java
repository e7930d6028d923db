package dev.ebb.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// A structural OpenAPI v3 schema of one kind: the one source of its validation, static defaults,
/// OpenAPI documents and documentation.
///
/// It is written down and compiled at the first use, because a program that only prints a list of
/// kinds (the command line at its start) needs no schema. Thread-safe: two threads that come first
/// compile twice and get equal results.
public final class Schema {
  private final Supplier<ObjectNode> source;
  private final boolean custom;
  private final SchemaParts shared;
  private final boolean prunes;
  private volatile @Nullable ObjectNode openApi;
  private volatile @Nullable SchemaNode root;
  private volatile @Nullable ValidationRules rules;
  private volatile boolean rulesCompiled;

  public Schema(ObjectNode openApi) {
    this(() -> openApi, false, true, new SchemaParts());
  }

  private Schema(Supplier<ObjectNode> source, boolean custom, boolean prunes, SchemaParts shared) {
    this.source = source;
    this.custom = custom;
    this.prunes = prunes;
    this.shared = shared;
  }

  /// A schema that is written down when somebody asks for it.
  public static Schema lazy(Supplier<ObjectNode> source) {
    return lazy(source, new SchemaParts());
  }

  /// A schema of which others have parts in common.
  public static Schema lazy(Supplier<ObjectNode> source, SchemaParts shared) {
    return new Schema(source, false, true, shared);
  }

  /// The schema of a CustomResourceDefinition: also lists are checked for items that are the same,
  /// and embedded objects for their type.
  public static Schema ofCustomResource(Supplier<ObjectNode> source) {
    return new Schema(source, true, true, new SchemaParts());
  }

  /// As [#ofCustomResource], but fields that the schema does not have are kept everywhere.
  public static Schema withoutPruning(Supplier<ObjectNode> source) {
    return new Schema(source, true, false, new SchemaParts());
  }

  /// What is wrong with a regular expression; empty when a schema may have it.
  public static String wrongPattern(String pattern) {
    return SchemaPattern.check(pattern);
  }

  /// Whether these are the alternatives that `x-kubernetes-int-or-string` stands for.
  public static boolean isIntOrString(JsonNode anyOf) {
    return ValueRules.isIntOrString(anyOf);
  }

  /// The schema as the `openAPIV3Schema` of a CustomResourceDefinition has it. Not to be modified.
  public ObjectNode openApi() {
    ObjectNode present = openApi;
    if (present == null) {
      present = source.get();
      openApi = present;
    }
    return present;
  }

  /// Whether the object has a field of this name at its top.
  public boolean declares(String field) {
    return root().properties().containsKey(field);
  }

  /// What does not fit the schema; unknown fields are not told here.
  public List<FieldError> validate(JsonNode object) {
    return validate(object, MissingNode.getInstance());
  }

  /// What does not fit the schema of what an update changes.
  ///
  /// @param before the stored object
  public List<FieldError> validate(JsonNode object, JsonNode before) {
    List<FieldError> errors = new ArrayList<>();
    new SchemaValidator(errors, custom).validate(root(), object, before, "");
    if (custom && errors.isEmpty()) {
      rules().ifPresent(rules -> errors.addAll(rules.validate(object, before)));
    }
    return errors;
  }

  /// The paths of fields that the schema does not have: `spec.template.spec.foo`.
  public List<String> unknownFields(JsonNode object) {
    List<String> paths = new ArrayList<>();
    if (prunes) {
      UnknownFields.find(root(), object, "", (parent, name, path) -> paths.add(path));
    }
    return paths;
  }

  /// Sets the schema's `default` values where a field is absent, inside of what is present. A
  /// `null` where the schema does not allow it counts as absent and is taken out, as Kubernetes
  /// does.
  public void applyDefaults(ObjectNode object) {
    SchemaDefaults.apply(root(), object);
  }

  /// Takes out the fields that the schema does not have.
  public void prune(ObjectNode object) {
    if (prunes) {
      UnknownFields.find(root(), object, "", (parent, name, path) -> parent.remove(name));
    }
  }

  private Optional<ValidationRules> rules() {
    if (!rulesCompiled) {
      rules = ValidationRules.compile(openApi()).orElse(null);
      rulesCompiled = true;
    }
    return Optional.ofNullable(rules);
  }

  private SchemaNode root() {
    SchemaNode present = root;
    if (present == null) {
      present = SchemaNode.compile(openApi(), shared);
      root = present;
    }
    return present;
  }
}
