package dev.ebb.kinds.cel;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newMemberOverload;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import java.util.Comparator;
import java.util.List;

/// What the rules of custom resources may use: CEL with its macros, Kubernetes's functions of
/// lists, and the extensions for strings, sets and optional values.
///
/// @see <a href="https://kubernetes.io/docs/reference/using-api/cel/">CEL in Kubernetes</a>
final class CelEnvironment {
  /// Over all loops of one evaluation: some tenths of a second.
  private static final int MAX_ITERATIONS = 100_000;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .comprehensionMaxIterations(MAX_ITERATIONS)
          .enableHeterogeneousNumericComparisons(true)
          .evaluateCanonicalTypesToNativeValues(true)
          .build();

  static final Cel CEL = build();

  private CelEnvironment() {}

  private static Cel build() {
    CelBuilder builder =
        CelFactory.standardCelBuilder()
            .setOptions(OPTIONS)
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(
                CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional())
            .addRuntimeLibraries(
                CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional());
    list(
        builder,
        "isSorted",
        SimpleType.BOOL,
        CelFunctionBinding.from("isSorted", List.class, CelEnvironment::isSorted));
    list(
        builder,
        "sum",
        SimpleType.DYN,
        CelFunctionBinding.from("sum", List.class, CelEnvironment::sum));
    list(
        builder,
        "min",
        SimpleType.DYN,
        CelFunctionBinding.from("min", List.class, CelEnvironment::least));
    list(
        builder,
        "max",
        SimpleType.DYN,
        CelFunctionBinding.from("max", List.class, CelEnvironment::most));
    index(
        builder,
        "indexOf",
        CelFunctionBinding.from("indexOf", List.class, Object.class, CelEnvironment::first));
    index(
        builder,
        "lastIndexOf",
        CelFunctionBinding.from("lastIndexOf", List.class, Object.class, CelEnvironment::last));
    return builder.build();
  }

  /// @param binding by the name of the function
  private static void list(
      CelBuilder builder, String name, CelType result, CelFunctionBinding binding) {
    builder
        .addFunctionDeclarations(
            newFunctionDeclaration(
                name, newMemberOverload(name, result, ListType.create(SimpleType.DYN))))
        .addFunctionBindings(binding);
  }

  private static void index(CelBuilder builder, String name, CelFunctionBinding binding) {
    builder
        .addFunctionDeclarations(
            newFunctionDeclaration(
                name,
                newMemberOverload(
                    name, SimpleType.INT, ListType.create(SimpleType.DYN), SimpleType.DYN)))
        .addFunctionBindings(binding);
  }

  private static Object first(List<?> items, Object item) {
    return (long) items.indexOf(item);
  }

  private static Object last(List<?> items, Object item) {
    return (long) items.lastIndexOf(item);
  }

  private static Object least(List<?> items) {
    return items.stream().min(ORDER).orElseThrow();
  }

  private static Object most(List<?> items) {
    return items.stream().max(ORDER).orElseThrow();
  }

  private static final Comparator<Object> ORDER = CelEnvironment::compare;

  /// @throws IllegalArgumentException for what has no order
  @SuppressWarnings("unchecked")
  private static int compare(Object a, Object b) {
    if (a instanceof Number one && b instanceof Number other) {
      return Double.compare(one.doubleValue(), other.doubleValue());
    }
    if (a instanceof Comparable<?> one && a.getClass().equals(b.getClass())) {
      return ((Comparable<Object>) one).compareTo(b);
    }
    throw new IllegalArgumentException("no order between the items of the list");
  }

  private static Object isSorted(List<?> items) {
    for (int i = 1; i < items.size(); i++) {
      if (compare(items.get(i - 1), items.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  private static Object sum(List<?> items) {
    boolean whole = items.stream().allMatch(Long.class::isInstance);
    long sum = 0;
    double real = 0;
    for (Object item : items) {
      if (!(item instanceof Number number)) {
        throw new IllegalArgumentException("the list has items that are no numbers");
      }
      if (whole) {
        sum = Math.addExact(sum, number.longValue());
      } else {
        real += number.doubleValue();
      }
    }
    return whole ? sum : (Object) real;
  }
}
