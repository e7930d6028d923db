package dev.ebb.kinds;

import java.util.Optional;
import java.util.regex.Pattern;

/// The forms of names in Kubernetes. Each method tells what is wrong with a text, as an end of the
/// sentence "NAME ...", or nothing. Sources: RFC 1035, RFC 1123, the Kubernetes documentation of
/// object names, labels and annotations.
public final class Names {
  /// The longest label of a domain name (RFC 1035, 2.3.4).
  public static final int MAX_LABEL = 63;

  /// The longest domain name, less what its length needs on the wire.
  public static final int MAX_SUBDOMAIN = 253;

  private static final Pattern DNS_1123_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern DNS_1035_LABEL = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern DNS_1123_SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern QUALIFIED =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
  private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]+");

  private Names() {}

  public static Optional<String> dns1123Label(String name) {
    return check(
        name,
        DNS_1123_LABEL,
        MAX_LABEL,
        "must be an RFC 1123 label: lower-case letters, digits and '-', with a letter or digit at"
            + " both ends");
  }

  public static Optional<String> dns1035Label(String name) {
    return check(
        name,
        DNS_1035_LABEL,
        MAX_LABEL,
        "must be an RFC 1035 label: lower-case letters, digits and '-', starting with a letter and"
            + " ending with a letter or digit");
  }

  public static Optional<String> dns1123Subdomain(String name) {
    return check(
        name,
        DNS_1123_SUBDOMAIN,
        MAX_SUBDOMAIN,
        "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', each part with a"
            + " letter or digit at both ends");
  }

  /// A key of a label or an annotation: `name` or `prefix.example.com/name`.
  public static Optional<String> qualifiedName(String key) {
    int slash = key.indexOf('/');
    if (slash >= 0) {
      Optional<String> wrong = dns1123Subdomain(key.substring(0, slash));
      if (wrong.isPresent()) {
        return Optional.of("prefix " + wrong.get());
      }
    }
    return check(
        key.substring(slash + 1),
        QUALIFIED,
        MAX_LABEL,
        "must be a qualified name: letters, digits, '-', '_' and '.', with a letter or digit at"
            + " both ends, after an optional DNS subdomain and '/'");
  }

  public static Optional<String> labelValue(String value) {
    return value.isEmpty()
        ? Optional.empty()
        : check(
            value,
            QUALIFIED,
            MAX_LABEL,
            "must be empty or consist of letters, digits, '-', '_' and '.', with a letter or digit"
                + " at both ends");
  }

  /// A key of a Secret's or ConfigMap's data; it may become the name of a file.
  public static Optional<String> dataKey(String key) {
    if (key.equals(".") || key.startsWith("..")) {
      return Optional.of("must not be '.' or start with '..'");
    }
    return check(key, DATA_KEY, MAX_SUBDOMAIN, "must consist of letters, digits, '-', '_' and '.'");
  }

  /// A name of an environment variable: what an operating system can pass on.
  public static Optional<String> environmentVariable(String name) {
    boolean printable = name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=');
    return printable && !name.isEmpty()
        ? Optional.empty()
        : Optional.of("must consist of printable ASCII characters other than '='");
  }

  private static Optional<String> check(String text, Pattern form, int most, String wrong) {
    if (text.length() > most) {
      return Optional.of("must be no more than %d characters".formatted(most));
    }
    return form.matcher(text).matches() ? Optional.empty() : Optional.of(wrong);
  }
}
