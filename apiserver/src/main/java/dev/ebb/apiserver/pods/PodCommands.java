package dev.ebb.apiserver.pods;

import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.util.List;

/// Runs commands in Pods.
public interface PodCommands {
  /// Called before a connection is taken over.
  ///
  /// @param container empty for the only one
  /// @throws dev.ebb.resources.ApiException 404 when there is no such Pod, 400 when it has no such
  ///   container, or that does not run
  void check(ObjectKey pod, String container);

  /// @param container as for [#check]
  /// @param command not empty
  /// @param terminal whether its streams are a terminal
  /// @throws IOException with the text that the client gets to read, when it cannot be started
  PodCommand start(ObjectKey pod, String container, List<String> command, boolean terminal)
      throws IOException;
}
