package dev.ebb.images;

import java.util.Optional;
import java.util.regex.Pattern;

/// The image name of a function package: `function.ebb.dev/NAMESPACE/NAME@sha256:DIGEST`.
///
/// @param digest with its algorithm: `sha256:` and 64 hexadecimal digits
public record FunctionImage(String namespace, String name, String digest) {
  public static final String REGISTRY = "function.ebb.dev";

  // Namespace and name are DNS labels (RFC 1123); the digest is the only one that OCI requires.
  private static final Pattern FORM =
      Pattern.compile(
          Pattern.quote(REGISTRY)
              + "/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)"
              + "/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)"
              + "@(sha256:[0-9a-f]{64})");

  /// Empty for every other image.
  public static Optional<FunctionImage> parse(String image) {
    var match = FORM.matcher(image);
    return match.matches()
        ? Optional.of(new FunctionImage(match.group(1), match.group(2), match.group(3)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return REGISTRY + "/" + namespace + "/" + name + "@" + digest;
  }
}
