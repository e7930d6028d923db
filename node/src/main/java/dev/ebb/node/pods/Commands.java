package dev.ebb.node.pods;

import java.util.List;
import java.util.stream.Stream;

/// Which program a container runs, from what the workload and its image say. Pure.
final class Commands {
  private Commands() {}

  /// `command` replaces the entry point and drops the image's arguments; `args` alone replaces the
  /// arguments (Kubernetes's "Define a Command and Arguments for a Container"). Empty when nobody
  /// says anything.
  static List<String> of(
      List<String> command, List<String> args, List<String> entryPoint, List<String> cmd) {
    if (!command.isEmpty()) {
      return concat(command, args);
    }
    return concat(entryPoint, args.isEmpty() ? cmd : args);
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
