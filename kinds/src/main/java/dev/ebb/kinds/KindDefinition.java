package dev.ebb.kinds;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Everything that the API says about a kind in one of its versions: names, schema, columns, rules.
///
/// @param shortNames `ksvc` for Services of Knative
/// @param categories `all`, `knative`: what `kubectl get CATEGORY` finds
/// @param statusSubresource writes to the object ignore `status`, writes to `/status` all else
/// @param strategicMergePatch true for Kubernetes's own kinds, false (415) for custom ones
/// @param generation whether `metadata.generation` counts changes
/// @param ephemeral nobody misses what is lost with the power (Events): stored without fsync
/// @param rules of this version; versions with the same fields share them
/// @param version how this version relates to the one that is stored
/// @param custom of a kind that a user defined
public record KindDefinition(
    GroupVersionKind type,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    Schema schema,
    List<PrinterColumn> printerColumns,
    boolean statusSubresource,
    boolean strategicMergePatch,
    boolean ephemeral,
    Generation generation,
    KindRules rules,
    KindVersion version,
    Optional<CustomTraits> custom) {
  public KindDefinition {
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    printerColumns = List.copyOf(printerColumns);
  }

  /// Starts the definition of a namespaced custom kind without status, columns or rules.
  public static Builder define(String apiVersion, String kind, String plural, Schema schema) {
    return new Builder(GroupVersionKind.of(apiVersion, kind), plural, schema);
  }

  public String group() {
    return type.group();
  }

  /// `services.serving.knative.dev`, as error messages name it.
  public String qualifiedPlural() {
    return type.group().isEmpty() ? plural : plural + "." + type.group();
  }

  /// Whether a user defined it: its schema may change under stored objects, so they are pruned and
  /// get their defaults when they are read.
  public boolean isCustom() {
    return custom.isPresent();
  }

  /// The kind of a list.
  public String listKind() {
    return custom.map(CustomTraits::listKind).orElse(type.kind() + "List");
  }

  /// Whether objects are stored in this version.
  public boolean isStored() {
    return version.storage().equals(type.version()) && version.group().equals(type.group());
  }

  /// Whether its objects are only read, and made when they are asked for: none is ever stored.
  public boolean isComputed() {
    return version.storage().isEmpty();
  }

  /// Which objects count their changes.
  public enum Generation {
    /// Those with a `spec`, as all custom kinds do.
    BY_SPEC,
    ALWAYS,
    NEVER
  }

  public boolean hasGeneration() {
    return switch (generation) {
      case BY_SPEC -> schema.declares("spec");
      case ALWAYS -> true;
      case NEVER -> false;
    };
  }

  /// Says what is special about a kind.
  public static final class Builder {
    private final GroupVersionKind type;
    private final String plural;
    private final Schema schema;
    private List<String> shortNames = List.of();
    private List<String> categories = List.of();
    private boolean namespaced = true;
    private List<PrinterColumn> printerColumns = List.of();
    private boolean statusSubresource;
    private boolean strategicMergePatch;
    private boolean ephemeral;
    private Generation generation = Generation.BY_SPEC;
    private KindRules rules = KindRules.NONE;
    private KindVersion version;
    private String singular;
    private Optional<CustomTraits> custom = Optional.empty();

    private Builder(GroupVersionKind type, String plural, Schema schema) {
      this.type = type;
      this.plural = plural;
      this.schema = schema;
      this.version = KindVersion.only(type);
      this.singular = type.kind().toLowerCase(Locale.ROOT);
    }

    public Builder shortNames(String... names) {
      shortNames = List.of(names);
      return this;
    }

    public Builder singular(String name) {
      singular = name;
      return this;
    }

    public Builder categories(String... names) {
      categories = List.of(names);
      return this;
    }

    public Builder clusterScoped() {
      namespaced = false;
      return this;
    }

    public Builder columns(PrinterColumn... columns) {
      printerColumns = List.of(columns);
      return this;
    }

    public Builder withStatus() {
      statusSubresource = true;
      return this;
    }

    /// One of Kubernetes's own kinds.
    public Builder strategicMergePatch() {
      strategicMergePatch = true;
      return this;
    }

    public Builder ephemeral() {
      ephemeral = true;
      return this;
    }

    public Builder generation(Generation generation) {
      this.generation = generation;
      return this;
    }

    public Builder rules(KindRules rules) {
      this.rules = rules;
      return this;
    }

    /// Served beside the version in which objects are stored; both definitions have the same
    /// plural.
    ///
    /// @param storage `v1`
    /// @param conversion between the two
    public Builder storedAs(String storage, KindConversion conversion) {
      version = new KindVersion(type.group(), storage, conversion, version.deprecation());
      return this;
    }

    /// As [#storedAs], for a kind that has moved to another group: `networking.k8s.io/v1`.
    public Builder storedIn(String apiVersion, KindConversion conversion) {
      GroupVersionKind stored = GroupVersionKind.of(apiVersion, type.kind());
      version =
          new KindVersion(stored.group(), stored.version(), conversion, version.deprecation());
      return this;
    }

    /// Never stored.
    public Builder computed() {
      version = new KindVersion(type.group(), "", KindConversion.NONE, version.deprecation());
      return this;
    }

    /// Defined by a user.
    public Builder custom(CustomTraits traits) {
      custom = Optional.of(traits);
      generation = Generation.ALWAYS;
      return this;
    }

    /// @param warning what everybody is told who uses this version
    public Builder deprecated(String warning) {
      version = new KindVersion(version.group(), version.storage(), version.conversion(), warning);
      return this;
    }

    public KindDefinition build() {
      return new KindDefinition(
          type,
          plural,
          singular,
          shortNames,
          categories,
          namespaced,
          schema,
          printerColumns,
          statusSubresource,
          strategicMergePatch,
          ephemeral,
          generation,
          rules,
          version,
          custom);
    }
  }
}
