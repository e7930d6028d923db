package dev.ebb.resources.selector;

import java.util.Optional;
import java.util.regex.Pattern;

/// What label keys and values may look like (apimachinery, `validation.IsQualifiedName`).
public final class LabelSyntax {
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Pattern PREFIX =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int MAX_NAME = 63;
  private static final int MAX_PREFIX = 253;

  private LabelSyntax() {}

  /// What is wrong with the key of a label or an annotation: `name` or `prefix/name`.
  public static Optional<String> keyProblem(String key) {
    int slash = key.indexOf('/');
    if (slash >= 0) {
      String prefix = key.substring(0, slash);
      if (prefix.isEmpty()) {
        return Optional.of("prefix part must be non-empty");
      }
      if (prefix.length() > MAX_PREFIX) {
        return Optional.of("prefix part must be no more than 253 characters");
      }
      if (!PREFIX.matcher(prefix).matches()) {
        return Optional.of(
            "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                + " characters, '-' or '.', and must start and end with an alphanumeric character"
                + " (e.g. 'example.com', regex used for validation is '"
                + PREFIX
                + "')");
      }
    }
    String name = key.substring(slash + 1);
    if (name.isEmpty()) {
      return Optional.of("name part must be non-empty");
    }
    if (name.length() > MAX_NAME) {
      return Optional.of("name part must be no more than 63 characters");
    }
    return NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start"
                + " and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or"
                + " '123-abc', regex used for validation is '"
                + NAME
                + "')");
  }

  /// What is wrong with the value of a label. The empty string is fine.
  public static Optional<String> valueProblem(String value) {
    if (value.length() > MAX_NAME) {
      return Optional.of("must be no more than 63 characters");
    }
    return value.isEmpty() || NAME.matcher(value).matches()
        ? Optional.empty()
        : Optional.of(
            "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                + " '_' or '.', and must start and end with an alphanumeric character (e.g."
                + " 'MyValue',  or 'my_value',  or '12345', regex used for validation is '("
                + NAME
                + ")?')");
  }
}
