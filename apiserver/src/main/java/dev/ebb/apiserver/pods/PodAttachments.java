package dev.ebb.apiserver.pods;

import dev.ebb.kinds.ObjectKey;
import java.io.IOException;

/// The streams of the programs that Pods run.
public interface PodAttachments {
  /// Called before a connection is taken over.
  ///
  /// @param container empty for the only one
  /// @throws dev.ebb.resources.ApiException 404 when there is no such Pod, 400 when it has no such
  ///   container, or that does not run
  void checkAttach(ObjectKey pod, String container);

  /// The streams of a container's first process, from now on. It ends when that process has, with
  /// code 0 however that ended, and closing it lets go of the process.
  ///
  /// @param stdin whether the client writes; else the input is left alone
  /// @throws IOException with the text that the client gets to read
  PodCommand attach(ObjectKey pod, String container, boolean stdin) throws IOException;
}
