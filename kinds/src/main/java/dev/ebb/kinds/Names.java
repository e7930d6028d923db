package dev.ebb.kinds;

import java.util.Optional;
import java.util.regex.Pattern;

/// The forms of names in Kubernetes. Each method tells what is wrong with a text, in the words that
/// clients know from a cluster (and that Knative's tests look for), or nothing. Sources: RFC 1035,
/// RFC 1123, the Kubernetes documentation of object names, labels and annotations.
public final class Names {
  /// The longest label of a domain name (RFC 1035, 2.3.4).
  public static final int MAX_LABEL = 63;

  /// The longest domain name, less what its length needs on the wire.
  public static final int MAX_SUBDOMAIN = 253;

  private static final String LABEL_1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String LETTERS_AND_MORE =
      "consist of alphanumeric characters, '-', '_' or '.'";
  private static final String AT_BOTH_ENDS =
      ", and must start and end with an alphanumeric character";

  private static final Form DNS_1123_LABEL =
      new Form(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'"
              + AT_BOTH_ENDS,
          LABEL_1123,
          "'my-name',  or '123-abc'");
  private static final Form DNS_1035_LABEL =
      new Form(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
              + " alphabetic character, and end with an alphanumeric character",
          "[a-z]([-a-z0-9]*[a-z0-9])?",
          "'my-name',  or 'abc-123'");
  private static final Form DNS_1123_SUBDOMAIN =
      new Form(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or"
              + " '.'"
              + AT_BOTH_ENDS,
          LABEL_1123 + "(\\." + LABEL_1123 + ")*",
          "'example.com'");
  private static final Form NAME_PART =
      new Form(
          "name part must " + LETTERS_AND_MORE + AT_BOTH_ENDS,
          QUALIFIED,
          "'MyName',  or 'my.name',  or '123-abc'");
  private static final Form LABEL_VALUE =
      new Form(
          "a valid label must be an empty string or " + LETTERS_AND_MORE + AT_BOTH_ENDS,
          "(" + QUALIFIED + ")?",
          "'MyValue',  or 'my_value',  or '12345'");
  private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]+");

  /// @param examples as a message shows them
  private record Form(String words, Pattern pattern, String examples) {
    Form(String words, String pattern, String examples) {
      this(words, Pattern.compile(pattern), examples);
    }

    Optional<String> check(String text, int most, String part) {
      if (text.length() > most) {
        return Optional.of(part + "must be no more than %d characters".formatted(most));
      }
      return pattern.matcher(text).matches()
          ? Optional.empty()
          : Optional.of(
              "%s (e.g. %s, regex used for validation is '%s')"
                  .formatted(words, examples, pattern));
    }
  }

  private Names() {}

  public static Optional<String> dns1123Label(String name) {
    return DNS_1123_LABEL.check(name, MAX_LABEL, "");
  }

  public static Optional<String> dns1035Label(String name) {
    return DNS_1035_LABEL.check(name, MAX_LABEL, "");
  }

  public static Optional<String> dns1123Subdomain(String name) {
    return DNS_1123_SUBDOMAIN.check(name, MAX_SUBDOMAIN, "");
  }

  /// A key of a label or an annotation: `name` or `prefix.example.com/name`.
  public static Optional<String> qualifiedName(String key) {
    int slash = key.indexOf('/');
    if (slash >= 0) {
      Optional<String> wrong = dns1123Subdomain(key.substring(0, slash));
      if (wrong.isPresent()) {
        return Optional.of("prefix part " + wrong.get());
      }
    }
    return NAME_PART.check(key.substring(slash + 1), MAX_LABEL, "name part ");
  }

  public static Optional<String> labelValue(String value) {
    return LABEL_VALUE.check(value, MAX_LABEL, "");
  }

  /// A key of a Secret's or ConfigMap's data; it may become the name of a file.
  public static Optional<String> dataKey(String key) {
    if (key.equals(".") || key.startsWith("..")) {
      return Optional.of("must not be '.' or start with '..'");
    }
    if (key.length() > MAX_SUBDOMAIN) {
      return Optional.of("must be no more than %d characters".formatted(MAX_SUBDOMAIN));
    }
    return DATA_KEY.matcher(key).matches()
        ? Optional.empty()
        : Optional.of("must consist of letters, digits, '-', '_' and '.'");
  }

  /// A name of an environment variable: what an operating system can pass on.
  public static Optional<String> environmentVariable(String name) {
    boolean printable = name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=');
    return printable && !name.isEmpty()
        ? Optional.empty()
        : Optional.of("must consist of printable ASCII characters other than '='");
  }
}
