package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.OptionalInt;

/// The names of one server's things, derived from its data directory so that servers side by side,
/// and what a killed one left, are told apart. A link's name has at most 15 characters.
///
/// @param id six characters, a to z and 0 to 9
record NetworkNames(String id) {
  private static final int ID_LENGTH = 6;

  static NetworkNames of(Path dataDirectory) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(dataDirectory.toAbsolutePath().normalize().toString().getBytes(UTF_8));
      String text = new java.math.BigInteger(1, hash).toString(36);
      return new NetworkNames(text.substring(0, ID_LENGTH));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// The link that has the gateway's address.
  String gateway() {
    return "eb" + id + "g";
  }

  /// What the machine's ends of all instances' links begin with.
  String pairs() {
    return "eb" + id + "v";
  }

  /// Names the namespace and the machine's end of its link.
  ///
  /// @param index of its address in the subnet
  String pair(int index) {
    return pairs() + Integer.toString(index, 36);
  }

  /// The reverse of [#pair].
  OptionalInt index(String name) {
    try {
      return name.startsWith(pairs())
          ? OptionalInt.of(Integer.parseInt(name.substring(pairs().length()), 36))
          : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /// The group of links that are about to be deleted.
  int group() {
    return Integer.parseInt(id, 1, ID_LENGTH, 36);
  }

  /// The table of nf_tables, family inet.
  String table() {
    return "ebb-" + id;
  }
}
