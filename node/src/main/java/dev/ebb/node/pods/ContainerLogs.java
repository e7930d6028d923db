package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.io.IOException;
import java.nio.file.Path;

/// Where containers' output goes: one file for each run of each. Thread-safe.
public interface ContainerLogs {
  /// @param attempt 0 for the first run
  record Name(RevisionId revision, InstanceId instance, String container, int attempt) {}

  /// The file, whose directory is made.
  Path file(Name name) throws IOException;

  /// The file, which is written from now on.
  Path open(Name name) throws IOException;

  /// Nothing is written there any more.
  void closed(Name name);

  /// At most 20 lines and 4 KiB.
  String lastLines(Name name);

  /// At most so many.
  String lastLines(Name name, int lines, int bytes);
}
