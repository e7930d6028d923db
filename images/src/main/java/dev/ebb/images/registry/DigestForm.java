package dev.ebb.images.registry;

import java.util.regex.Pattern;

/// The grammar of digests, of whatever algorithm.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests">OCI
///   image specification, "Digests"</a>
final class DigestForm {
  private static final Pattern FORM =
      Pattern.compile("[a-z0-9]++(?:[+._-][a-z0-9]++)*+:[a-zA-Z0-9=_-]++");

  private DigestForm() {}

  static boolean isValid(String digest) {
    return digest.length() <= 255 && FORM.matcher(digest).matches();
  }
}
