package dev.ebb.gateway;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The ids by which one request is found in all logs.
final class RequestIds {
  private static final int MAX_LENGTH = 128;

  private RequestIds() {}

  /// The client's own when it is harmless in a log and a header, else a new one.
  static String of(@Nullable String given) {
    return given != null && sane(given)
        ? given
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private static boolean sane(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letterOrDigit =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letterOrDigit && "-_.:/+=@".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
