package dev.ebb.e2e;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The metrics that a PromQL expression reads. What is in strings, braces and brackets, what is a
/// function, a keyword or a label of a grouping is none.
///
/// Source: Prometheus's documentation, "Querying basics" and "Operators".
final class MetricNames {
  private static final Pattern NO_METRICS =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\""
              + "|'(?:[^'\\\\]|\\\\.)*'"
              + "|\\{(?:[^}\"]|\"(?:[^\"\\\\]|\\\\.)*\")*}"
              + "|\\[[^\\]]*]"
              + "|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern WORD =
      Pattern.compile("(?<![\\w.:])([a-zA-Z_:][\\w:]*)(?!\\w)(\\s*\\()?");
  private static final Set<String> KEYWORDS =
      Set.of("and", "or", "unless", "bool", "offset", "group_left", "group_right", "inf", "nan");
  private static final Set<String> AGGREGATIONS =
      Set.of("sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile", "stddev");

  private MetricNames() {}

  static Set<String> of(String expression) {
    Set<String> names = new TreeSet<>();
    Matcher words = WORD.matcher(NO_METRICS.matcher(expression).replaceAll(" "));
    while (words.find()) {
      String word = words.group(1);
      if (words.group(2) == null && !KEYWORDS.contains(word) && !AGGREGATIONS.contains(word)) {
        names.add(word);
      }
    }
    return names;
  }
}
