package dev.ebb.apiserver;

import java.io.OutputStream;

/// A response in pieces. Each write reaches the client at once.
///
/// @see Exchange#stream
public abstract class ResponseStream extends OutputStream {
  /// Whether the client has gone or the server closes; nothing more needs to be written.
  public abstract boolean ended();

  /// Leaves the response without its end, so that the client sees that it was cut.
  public abstract void abandon();

  /// Ends the response.
  @Override
  public abstract void close();
}
