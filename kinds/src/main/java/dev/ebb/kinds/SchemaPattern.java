package dev.ebb.kinds;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// A regular expression of a schema, in the syntax of RE2, as Kubernetes has it.
///
/// Users bring schemas, so an expression must never hold a thread: RE2's automaton needs time in
/// proportion to the text (no backtracking), its size is bounded before it is compiled, and text
/// times size is bounded before it runs. Compiled at the first match. Thread-safe.
///
/// @see <a href="https://github.com/google/re2/wiki/Syntax">Syntax of RE2</a>
final class SchemaPattern {
  /// In instructions, estimated. A counted repetition multiplies what it repeats.
  private static final long MAX_SIZE = 20_000;

  /// As RE2 in Go; the parser works recursively.
  private static final int MAX_DEPTH = 1000;

  /// Text times size: some tenths of a second.
  private static final long MAX_STEPS = 100_000_000;

  private final String source;
  private volatile @Nullable Pattern compiled;

  /// Checks nothing: [#check] tells what is wrong with an expression.
  SchemaPattern(String source) {
    this.source = source;
  }

  String source() {
    return source;
  }

  /// What is wrong with an expression; empty when it can be used.
  static String check(String source) {
    try {
      if (size(source) > MAX_SIZE) {
        return "expression too large: `" + source + "`";
      }
      Pattern.compile(source);
      return "";
    } catch (PatternSyntaxException e) {
      return String.valueOf(e.getMessage());
    } catch (IllegalArgumentException e) {
      return "error parsing regexp: " + e.getMessage();
    }
  }

  /// Whether matching the text stays within the bounds.
  boolean isFeasible(String text) {
    return (long) text.length() * size(source) <= MAX_STEPS;
  }

  /// Whether the expression is found anywhere in the text.
  boolean matches(String text) {
    Pattern present = compiled;
    if (present == null) {
      present = Pattern.compile(source);
      compiled = present;
    }
    return present.matcher(text).find();
  }

  /// An upper bound of the size of the automaton. What is no expression is told by the compiler.
  ///
  /// @throws IllegalArgumentException when groups are nested too deeply
  private static long size(String source) {
    Deque<Long> outer = new ArrayDeque<>();
    long size = 0; // of the group that is being read, without its last part
    long last = 0; // of the part that a repetition would repeat
    for (int i = 0; i < source.length(); i++) {
      switch (source.charAt(i)) {
        case '(' -> {
          if (outer.size() / 2 >= MAX_DEPTH) {
            throw new IllegalArgumentException("expression nests too deeply");
          }
          outer.push(size + last);
          outer.push(0L);
          size = 0;
          last = 0;
        }
        case ')' -> {
          if (!outer.isEmpty()) {
            last += size + 2;
            outer.pop();
            size = outer.pop();
          }
        }
        case '{' -> {
          int end = source.indexOf('}', i);
          long count = end < 0 ? 0 : count(source.substring(i + 1, end));
          last = count > 0 ? Math.multiplyExact(last, count) : last + 1;
          i = count > 0 ? end : i;
        }
        case '[' -> {
          size += last;
          last = 2;
          i = endOfClass(source, i);
        }
        case '\\' -> {
          size += last;
          last = 2;
          i++;
        }
        default -> {
          size += last;
          last = 1;
        }
      }
      if (size + last > MAX_SIZE) {
        return size + last;
      }
    }
    return size + last + 1;
  }

  /// How often `3`, `3,` or `3,5` repeats at most; 0 for what is no repetition.
  private static long count(String words) {
    if (!words.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
      return 0;
    }
    int comma = words.indexOf(',');
    long least = Long.parseLong(comma < 0 ? words : words.substring(0, comma));
    boolean open = comma == words.length() - 1;
    long most = comma < 0 ? least : open ? least + 1 : Long.parseLong(words.substring(comma + 1));
    return Math.max(1, Math.max(least, most));
  }

  private static int endOfClass(String source, int start) {
    int i = source.startsWith("[^", start) ? start + 2 : start + 1;
    for (int first = i; i < source.length(); i++) {
      if (source.charAt(i) == '\\') {
        i++;
      } else if (source.startsWith("[:", i)) {
        int end = source.indexOf(":]", i);
        i = end < 0 ? i : end + 1;
      } else if (source.charAt(i) == ']' && i > first) {
        return i;
      }
    }
    return source.length();
  }
}
