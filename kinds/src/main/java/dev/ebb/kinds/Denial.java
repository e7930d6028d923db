package dev.ebb.kinds;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What Knative's webhooks answer: `validation failed: ` and then, for each thing that is wrong,
/// its summary before the fields that it is about and its detail on the next line. People and
/// scripts know these sentences; the API's own errors write the field first.
public final class Denial {
  private record Sentence(String summary, String detail) implements Comparable<Sentence> {
    @Override
    public int compareTo(Sentence other) {
      int bySummary = summary.compareTo(other.summary);
      return bySummary != 0 ? bySummary : detail.compareTo(other.detail);
    }
  }

  private Denial() {}

  /// @param errors at least one; those that say the same of several fields become one sentence
  public static String of(List<FieldError> errors) {
    SortedMap<Sentence, SortedSet<String>> fields = new TreeMap<>();
    for (FieldError error : errors) {
      fields
          .computeIfAbsent(new Sentence(error.summary(), error.detail()), _ -> new TreeSet<>())
          .add(error.field());
    }
    StringBuilder denial = new StringBuilder();
    fields.forEach((sentence, paths) -> {
      denial.append(denial.isEmpty() ? "validation failed: " : "\n");
      denial.append(sentence.summary).append(": ").append(String.join(", ", paths));
      if (!sentence.detail.isEmpty()) {
        denial.append('\n').append(sentence.detail);
      }
    });
    return denial.toString();
  }
}
