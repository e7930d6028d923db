package dev.ebb.apiserver;

import java.util.Optional;
import java.util.Set;

/// The forms in which objects are sent.
///
/// Protobuf is not one of them: clients that ask for it name JSON as their second choice (but see
/// [ProtobufObjects] for what they send).
///
/// @param metaVersion of the group `meta.k8s.io`, for tables and metadata
record Representation(Form form, String metaVersion) {
  enum Form {
    JSON,
    YAML,
    /// `Table`: what `kubectl get` prints.
    TABLE,
    /// `PartialObjectMetadata`: for clients that need no more than the metadata.
    METADATA
  }

  static final Representation JSON = new Representation(Form.JSON, "v1");

  private static final String OFFERED = "application/json, application/yaml";
  private static final Set<String> META_VERSIONS = Set.of("v1", "v1beta1");

  /// The first of the accepted forms that there is.
  ///
  /// @throws dev.ebb.resources.ApiException 406
  static Representation negotiate(Optional<String> accept) {
    if (accept.isEmpty() || accept.get().isBlank()) {
      return JSON;
    }
    return MediaRange.parseAccept(accept.get()).stream()
        .flatMap(range -> of(range).stream())
        .findFirst()
        .orElseThrow(() -> Refusals.notAcceptable(OFFERED));
  }

  private static Optional<Representation> of(MediaRange range) {
    return switch (range.type()) {
      case "application/json", "*/*", "application/*" -> json(range);
      case "application/yaml" ->
          range.parameter("as").isEmpty()
              ? Optional.of(new Representation(Form.YAML, "v1"))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Representation> json(MediaRange range) {
    String as = range.parameter("as");
    if (as.isEmpty()) {
      return Optional.of(JSON);
    }
    String version = range.parameter("v");
    if (!range.parameter("g").equals("meta.k8s.io") || !META_VERSIONS.contains(version)) {
      return Optional.empty();
    }
    return switch (as) {
      case "Table" -> Optional.of(new Representation(Form.TABLE, version));
      case "PartialObjectMetadata", "PartialObjectMetadataList" ->
          Optional.of(new Representation(Form.METADATA, version));
      default -> Optional.empty();
    };
  }
}
