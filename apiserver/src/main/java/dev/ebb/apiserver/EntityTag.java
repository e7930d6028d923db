package dev.ebb.apiserver;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Conditional responses (RFC 9110, sections 8.8.3 and 13.1.2).
final class EntityTag {
  private EntityTag() {}

  /// SHA-256 in hexadecimal: the same documents have the same hash after a restart.
  static String hash(byte[] document) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// 304 when the client has this very document.
  static void respond(Exchange exchange, String contentType, byte[] document) {
    String tag = "\"" + hash(document) + "\"";
    exchange.setHeader("ETag", tag);
    if (exchange.header("If-None-Match").map(given -> given.contains(tag)).orElse(false)) {
      exchange.respond(304, "", new byte[0]);
    } else {
      exchange.respond(200, contentType, document);
    }
  }
}
