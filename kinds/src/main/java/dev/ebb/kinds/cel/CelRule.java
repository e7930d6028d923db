package dev.ebb.kinds.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An expression over `self` and `oldSelf`. Thread-safe.
public final class CelRule {
  /// Functions of Kubernetes's own libraries that are not here.
  private static final Set<String> MISSING_FUNCTIONS =
      Set.of(
          "add",
          "asApproximateFloat",
          "asInteger",
          "cidr",
          "compareTo",
          "containsCIDR",
          "containsIP",
          "find",
          "findAll",
          "format",
          "getEscapedPath",
          "getHost",
          "getHostname",
          "getPort",
          "getQuery",
          "getScheme",
          "ip",
          "isCIDR",
          "isGreaterThan",
          "isIP",
          "isInteger",
          "isLessThan",
          "isQuantity",
          "isSemver",
          "isURL",
          "quantity",
          "semver",
          "sign",
          "sub",
          "url",
          "validate");

  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'");

  private final CelRuntime.Program program;

  private CelRule(CelRuntime.Program program) {
    this.program = program;
  }

  /// What a text is: a rule, an expression with functions that Kubernetes has and Ebb lacks, or
  /// none.
  public sealed interface Compiled {
    record Rule(CelRule rule) implements Compiled {}

    record Lacking(String function) implements Compiled {}

    record Wrong(String message) implements Compiled {}
  }

  /// @param type `bool` of a rule, `string` of a message
  public static Compiled compile(String text, String type) {
    try {
      CelValidationResult result = CelEnvironment.CEL.compile(text);
      if (result.hasError()) {
        return wrong(result.getErrorString());
      }
      CelAbstractSyntaxTree tree = result.getAst();
      CelType found = tree.getResultType();
      if (!found.equals(SimpleType.DYN) && !found.name().equals(type)) {
        return new Compiled.Wrong("must evaluate to a " + type);
      }
      return new Compiled.Rule(new CelRule(CelEnvironment.CEL.createProgram(tree)));
    } catch (CelValidationException | CelEvaluationException e) {
      return wrong(String.valueOf(e.getMessage()));
    }
  }

  private static Compiled wrong(String message) {
    Matcher matcher = UNDECLARED.matcher(message);
    Optional<String> lacking = Optional.empty();
    while (matcher.find()) {
      if (!MISSING_FUNCTIONS.contains(matcher.group(1))) {
        return new Compiled.Wrong("compilation failed: " + message);
      }
      lacking = Optional.of(matcher.group(1));
    }
    return lacking.isPresent()
        ? new Compiled.Lacking(lacking.get())
        : new Compiled.Wrong("compilation failed: " + message);
  }

  /// @param self as [CelValues] makes it
  /// @param oldSelf the value before, if there is one that the rule may see
  /// @return what the expression says
  /// @throws CelFailure when it fails, or goes on for too long
  public Object evaluate(Object self, Optional<Object> oldSelf) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("self", self);
    oldSelf.ifPresent(old -> variables.put("oldSelf", old));
    try {
      return program.eval(variables);
    } catch (CelEvaluationException | RuntimeException e) {
      // Functions throw what they like, and a rule is a user's text: it never is our fault.
      throw new CelFailure(String.valueOf(e.getMessage()), e);
    }
  }
}
