package dev.ebb.cli.load;

import java.io.IOException;

/// A connection that takes one request after the other and throws answers away. Belongs to one
/// thread; any thread may close it.
interface LoadConnection extends AutoCloseable {
  static LoadConnection open(LoadPlan plan) throws IOException {
    return plan.http2() ? Http2Connection.open(plan) : Http1Connection.open(plan);
  }

  /// Whether the server takes a further request.
  boolean reusable();

  /// Sends the plan's request and reads the answer to its end.
  ///
  /// @return the status
  int exchange() throws IOException;

  @Override
  void close() throws IOException;
}
