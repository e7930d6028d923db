package dev.ebb.apiserver;

import java.io.IOException;

/// Where the events of a watch go.
@FunctionalInterface
interface WatchOutput {
  /// @param json one event, without a line break at its end
  void write(byte[] json) throws IOException;
}
