package dev.ebb.cli.stack;

import dev.ebb.cli.CliException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `${NAME}` in a file, replaced by the environment's variables: also `${NAME:-default}` where the
/// variable is unset or empty, and `${NAME-default}` where it is unset. Without a default an unset
/// variable is empty, as for faas-cli. Pure.
final class EnvironmentSubstitution {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])([^}]*))?}|\\$\\{([^}]*)}?");

  private EnvironmentSubstitution() {}

  /// @throws CliException for an expression that has another form
  static String apply(String text, Map<String, String> environment) {
    Matcher variables = VARIABLE.matcher(text);
    StringBuilder replaced = new StringBuilder();
    while (variables.find()) {
      variables.appendReplacement(
          replaced, Matcher.quoteReplacement(value(variables, environment)));
    }
    return variables.appendTail(replaced).toString();
  }

  private static String value(Matcher variable, Map<String, String> environment) {
    String name = variable.group(1);
    if (name == null) {
      throw new CliException(
          "%s cannot be replaced: only ${NAME}, ${NAME:-default} and ${NAME-default} can, and --no-substitution leaves all as it is"
              .formatted(variable.group()));
    }
    Optional<String> value = Optional.ofNullable(environment.get(name));
    String operator = Optional.ofNullable(variable.group(2)).orElse("");
    if (operator.startsWith(":")) {
      value = value.filter(text -> !text.isEmpty());
    }
    return value.orElseGet(() -> operator.isEmpty() ? "" : variable.group(3));
  }
}
