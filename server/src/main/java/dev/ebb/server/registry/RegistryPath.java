package dev.ebb.server.registry;

import dev.ebb.images.registry.Repository;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a path under `/v2/` means. A repository's name has slashes in it, so paths are read from
/// their end.
///
/// @see <a
///   href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints">OCI
///   distribution specification, "Endpoints"</a>
sealed interface RegistryPath {
  Pattern IN_REPOSITORY =
      Pattern.compile(
          "/v2/(?<name>.+)/(?:(?<tags>tags/list)|(?<uploads>blobs/uploads/?)"
              + "|blobs/uploads/(?<upload>[^/]+)|blobs/(?<blob>[^/]+)"
              + "|manifests/(?<manifest>[^/]+)|referrers/(?<subject>[^/]+))");

  record Root() implements RegistryPath {}

  record Catalog() implements RegistryPath {}

  record Tags(Repository repository) implements RegistryPath {}

  /// @param reference tag or digest
  record Manifest(Repository repository, String reference) implements RegistryPath {}

  record Blob(Repository repository, String digest) implements RegistryPath {}

  record Uploads(Repository repository) implements RegistryPath {}

  record Upload(Repository repository, String id) implements RegistryPath {}

  record Referrers(Repository repository, String subject) implements RegistryPath {}

  /// @param path percent-encoded
  /// @return empty for what is no path of the specification
  /// @throws dev.ebb.images.registry.RegistryException for a name that no repository can have
  static Optional<RegistryPath> parse(String path) {
    String decoded;
    try {
      // The decoder is one of forms, where a plus sign is a space.
      decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (decoded.equals("/v2") || decoded.equals("/v2/")) {
      return Optional.of(new Root());
    }
    if (decoded.equals("/v2/_catalog")) {
      return Optional.of(new Catalog());
    }
    Matcher matcher = IN_REPOSITORY.matcher(decoded);
    return matcher.matches() ? Optional.of(inRepository(matcher)) : Optional.empty();
  }

  private static RegistryPath inRepository(Matcher matcher) {
    Repository repository = new Repository(matcher.group("name"));
    if (matcher.group("tags") != null) {
      return new Tags(repository);
    }
    if (matcher.group("uploads") != null) {
      return new Uploads(repository);
    }
    if (matcher.group("upload") != null) {
      return new Upload(repository, matcher.group("upload"));
    }
    if (matcher.group("blob") != null) {
      return new Blob(repository, matcher.group("blob"));
    }
    return matcher.group("manifest") != null
        ? new Manifest(repository, matcher.group("manifest"))
        : new Referrers(repository, matcher.group("subject"));
  }
}
