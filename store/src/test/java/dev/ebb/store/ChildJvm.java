package dev.ebb.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command that runs a class of this class path in a JVM of its own.
final class ChildJvm {
  private ChildJvm() {}

  /// @param scratch for the native library of SQLite, which a process that is killed leaves behind
  static List<String> command(Path scratch, Class<?> main, Object... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-Dorg.sqlite.tmpdir=" + scratch,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}
