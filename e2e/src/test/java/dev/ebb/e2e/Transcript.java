package dev.ebb.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Commands that a document has its readers type, with what they must see. The form of the file is
/// told in its own head (`transcripts/knative-serving.txt`).
record Transcript(List<Substitution> substitutions, List<Step> steps) {
  record Substitution(Pattern from, String to) {}

  /// @param name the document and what the step shows
  /// @param literal as the document has it
  /// @param command what is typed
  /// @param repeat whether it is typed again until its output is as expected
  record Step(
      String name,
      String literal,
      String command,
      boolean repeat,
      List<Pattern> seen,
      List<Pattern> unseen) {

    /// What is wrong with this output; empty when nothing is.
    List<String> faults(String output) {
      List<String> faults = new ArrayList<>();
      for (Pattern pattern : seen) {
        if (!pattern.matcher(output).find()) {
          faults.add("not seen: " + pattern);
        }
      }
      for (Pattern pattern : unseen) {
        if (pattern.matcher(output).find()) {
          faults.add("seen: " + pattern);
        }
      }
      return faults;
    }
  }

  static Transcript parse(String text) {
    List<Substitution> substitutions = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (String block : text.split("\n(?=== )")) {
      if (!block.startsWith("== ")) {
        substitutions.addAll(substitutions(block));
        continue;
      }
      steps.add(step(block, substitutions));
    }
    return new Transcript(List.copyOf(substitutions), List.copyOf(steps));
  }

  private static List<Substitution> substitutions(String head) {
    List<Substitution> found = new ArrayList<>();
    for (String line : head.lines().toList()) {
      if (line.startsWith("substitute ")) {
        String[] sides = line.substring("substitute ".length()).split(" => ", 2);
        found.add(new Substitution(Pattern.compile(sides[0]), sides[1]));
      }
    }
    return found;
  }

  private static Step step(String block, List<Substitution> substitutions) {
    String literal = "";
    String command = "";
    boolean repeat = false;
    List<Pattern> seen = new ArrayList<>();
    List<Pattern> unseen = new ArrayList<>();
    for (String line : block.lines().skip(1).toList()) {
      String[] words = line.split(" ", 2);
      String rest = words.length == 2 ? words[1] : "";
      switch (words[0]) {
        case "$" -> {
          literal = rest;
          command = substitute(literal, substitutions);
        }
        case "|" -> {
          literal += "\n" + rest;
          command = substitute(literal, substitutions);
        }
        case ">" -> command = rest;
        case "see" -> seen.add(Pattern.compile(rest));
        case "not" -> unseen.add(Pattern.compile(rest));
        case "until" -> {
          repeat = true;
          seen.add(Pattern.compile(rest));
        }
        case "", "#" -> {
          // For the reader.
        }
        default -> throw new IllegalArgumentException("cannot read: " + line);
      }
    }
    String name = block.lines().findFirst().orElseThrow().substring("== ".length());
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command: " + name);
    }
    return new Step(name, literal, command, repeat, List.copyOf(seen), List.copyOf(unseen));
  }

  private static String substitute(String text, List<Substitution> substitutions) {
    UnaryOperator<String> all = UnaryOperator.identity();
    for (Substitution substitution : substitutions) {
      UnaryOperator<String> before = all;
      all = input -> substitution.from().matcher(before.apply(input)).replaceAll(substitution.to());
    }
    return all.apply(text);
  }

  /// A file of the document, with its names and images substituted.
  String substitute(String text) {
    return substitute(text, substitutions);
  }
}
