package dev.ebb.resources.local;

import java.util.Optional;
import java.util.regex.Pattern;

/// What the name of any object may look like; the rules of a kind may be stricter.
final class ObjectNames {
  private static final String SUBDOMAIN =
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
  private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN);
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern LABEL_PATTERN = Pattern.compile(LABEL);
  private static final int MAX_SUBDOMAIN = 253;
  private static final int MAX_LABEL = 63;

  private ObjectNames() {}

  /// What is wrong with a DNS subdomain (RFC 1123).
  static Optional<String> subdomainProblem(String name) {
    if (name.length() > MAX_SUBDOMAIN) {
      return Optional.of("must be no more than 253 characters");
    }
    return SUBDOMAIN_PATTERN.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                + " '-' or '.', and must start and end with an alphanumeric character (e.g."
                + " 'example.com', regex used for validation is '"
                + SUBDOMAIN
                + "')");
  }

  /// What is wrong with a DNS label (RFC 1123), as the name of a namespace must be.
  static Optional<String> labelProblem(String name) {
    if (name.length() > MAX_LABEL) {
      return Optional.of("must be no more than 63 characters");
    }
    return LABEL_PATTERN.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                + " '-', and must start and end with an alphanumeric character (e.g. 'my-name', "
                + " or '123-abc', regex used for validation is '"
                + LABEL
                + "')");
  }
}
