package dev.ebb.resources.local;

import java.security.SecureRandom;
import java.util.UUID;

/// Where uids and generated names come from.
public interface IdSource {
  /// For `metadata.uid`.
  String uid();

  /// What follows a `generateName`.
  String nameSuffix();

  /// Random UUIDs, and five characters of Kubernetes's alphabet: without vowels, so that no words
  /// arise, and without digits that look like letters.
  static IdSource random() {
    SecureRandom random = new SecureRandom();
    return new IdSource() {
      private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
      private static final int LENGTH = 5;

      @Override
      public String uid() {
        return UUID.randomUUID().toString();
      }

      @Override
      public String nameSuffix() {
        StringBuilder suffix = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
          suffix.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return suffix.toString();
      }
    };
  }
}
