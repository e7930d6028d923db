package dev.ebb.images.distribution;

import java.util.Locale;
import java.util.regex.Pattern;

/// What a host's name says of where it is.
final class Hosts {
  private static final Pattern LOOPBACK_V4 =
      Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

  private Hosts() {}

  /// Without asking the DNS, which strangers answer.
  static boolean isLoopback(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("[::1]")
        || LOOPBACK_V4.matcher(name).matches();
  }

  static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }
}
