package dev.ebb.controllers.certificates;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The parts of a text in PEM (RFC 7468). What is around them, as tools write it, counts for
/// nothing.
final class PemBlocks {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END \\1-----");

  private PemBlocks() {}

  /// @param label `CERTIFICATE`
  /// @throws IllegalArgumentException when what is in a block is no Base64
  static List<byte[]> all(String pem, String label) {
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(pem);
    while (matcher.find()) {
      if (matcher.group(1).equals(label)) {
        found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
      }
    }
    return found;
  }

  /// @throws IllegalArgumentException as [#all]
  static Optional<byte[]> first(String pem, String label) {
    return all(pem, label).stream().findFirst();
  }
}
