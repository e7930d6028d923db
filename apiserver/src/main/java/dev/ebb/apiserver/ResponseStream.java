package dev.ebb.apiserver;

import java.io.OutputStream;

/// A response in pieces. Each write reaches the client at once.
///
/// @see Exchange#stream
public abstract class ResponseStream extends OutputStream {
  /// Whether the client has gone or the server closes; nothing more needs to be written.
  public abstract boolean ended();

  @Override
  public abstract void close();
}
