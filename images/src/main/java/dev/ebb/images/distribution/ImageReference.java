package dev.ebb.images.distribution;

import dev.ebb.images.Digest;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an image, `HOST/REPOSITORY[:TAG][@DIGEST]`, with what people leave out filled in as
/// Docker does: `nginx` is `docker.io/library/nginx:latest`. Where there is a digest, it alone says
/// which image; the tag is kept for people. Grammar: the OCI distribution specification for
/// repository and tag, RFC 3986 for host and port.
///
/// @param host of the registry, lower case, with a port if one was named: `ghcr.io`,
///   `localhost:5000`, `[::1]:5000`
/// @param repository path in the registry, at most 255 characters
/// @param tag at most 128 characters; absent only when there is a digest
/// @param digest `sha256:` and 64 hexadecimal digits
public record ImageReference(
    String host, String repository, Optional<String> tag, Optional<String> digest) {
  /// The host that names without one mean.
  public static final String DOCKER_HUB = "docker.io";

  private static final String OLD_DOCKER_HUB = "index.docker.io";
  private static final String LATEST = "latest";
  private static final int REPOSITORY_CHARACTERS = 255;

  private static final Pattern HOST =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
              + "(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
              + "|\\[[0-9a-f:.]{2,45}])(?::[0-9]{1,5})?");
  // Possessive, so that no name makes the match take long.
  private static final Pattern SEGMENT =
      Pattern.compile("[a-z0-9]++(?:(?:\\.|__?+|-++)[a-z0-9]++)*+");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern HEX_DIGEST = Pattern.compile("[0-9a-f]{64}");

  public ImageReference {
    if (tag.isEmpty() && digest.isEmpty()) {
      throw new IllegalArgumentException("an image reference has a tag or a digest");
    }
  }

  /// @throws ImageException with [ImageException.Reason#INVALID] and what is wrong with it
  public static ImageReference parse(String text) {
    int at = text.indexOf('@');
    Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
    var name = at < 0 ? text : text.substring(0, at);
    int colon = name.lastIndexOf(':');
    boolean tagged = colon > name.lastIndexOf('/');
    // "localhost:5000" alone is a repository and a tag for Docker, and so here.
    Optional<String> tag = tagged ? Optional.of(name.substring(colon + 1)) : Optional.empty();
    var rest = tagged ? name.substring(0, colon) : name;
    if (rest.isEmpty()) {
      throw invalid(text, "it has no name");
    }
    int slash = rest.indexOf('/');
    var host = slash > 0 && isHost(rest.substring(0, slash)) ? rest.substring(0, slash) : "";
    var repository = host.isEmpty() ? rest : rest.substring(slash + 1);
    host = host.toLowerCase(Locale.ROOT);
    if (host.isEmpty() || host.equals(OLD_DOCKER_HUB)) {
      host = DOCKER_HUB;
    }
    if (host.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
    checkHost(text, host);
    checkRepository(text, repository);
    if (tag.isPresent() && !TAG.matcher(tag.get()).matches()) {
      throw invalid(text, "its tag is not 1 to 128 letters, digits, '_', '.' and '-'");
    }
    if (digest.isPresent() && !Digest.isValid(digest.get())) {
      throw invalid(text, "its digest is not 'sha256:' and 64 hexadecimal digits");
    }
    if (tag.isEmpty() && digest.isEmpty()) {
      tag = Optional.of(LATEST);
    }
    return new ImageReference(host, repository, tag, digest);
  }

  /// Host and repository, without tag and digest.
  public String name() {
    return host + "/" + repository;
  }

  /// The image of that digest in the same repository, without a tag.
  public ImageReference withDigest(String digest) {
    return new ImageReference(host, repository, Optional.empty(), Optional.of(digest));
  }

  /// What the registry's protocol calls it: the digest if there is one, else the tag.
  public String version() {
    return digest.or(() -> tag).orElseThrow();
  }

  /// The whole name; [#parse] gives an equal reference back.
  @Override
  public String toString() {
    return name() + tag.map(it -> ":" + it).orElse("") + digest.map(it -> "@" + it).orElse("");
  }

  private static boolean isHost(String first) {
    return first.equals("localhost")
        || first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  private static void checkHost(String text, String host) {
    if (!HOST.matcher(host).matches() || host.length() > 255) {
      throw invalid(text, "'" + shown(host) + "' is not a host with an optional port");
    }
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      int port = Integer.parseInt(host.substring(colon + 1));
      if (port < 1 || port > 65535) {
        throw invalid(text, "its port is not between 1 and 65535");
      }
    }
  }

  private static void checkRepository(String text, String repository) {
    if (repository.length() > REPOSITORY_CHARACTERS) {
      throw invalid(text, "its repository is longer than " + REPOSITORY_CHARACTERS + " characters");
    }
    if (!repository.equals(repository.toLowerCase(Locale.ROOT))) {
      throw invalid(text, "repository name must be lowercase");
    }
    for (var segment : repository.split("/", -1)) {
      if (!SEGMENT.matcher(segment).matches()) {
        throw invalid(
            text,
            "'"
                + shown(segment)
                + "' in its repository is not letters and digits with single '.', '_', '__' or"
                + " '-' between");
      }
    }
    // Docker keeps such names for image ids.
    if (repository.startsWith("library/")
        && HEX_DIGEST.matcher(repository.substring("library/".length())).matches()) {
      throw invalid(text, "64 hexadecimal digits are an image's id, not its name");
    }
  }

  private static ImageException invalid(String text, String why) {
    return new ImageException(
        ImageException.Reason.INVALID,
        "couldn't parse image name \"" + shown(text) + "\": invalid reference format: " + why);
  }

  private static String shown(String text) {
    var cut = text.length() > 300 ? text.substring(0, 297) + "..." : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
