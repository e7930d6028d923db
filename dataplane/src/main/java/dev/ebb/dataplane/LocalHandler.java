package dev.ebb.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/// Answers requests inside the gateway's process. Called on a virtual thread, so it may block.
public interface LocalHandler {
  void handle(Request request, Response response) throws IOException;

  /// @param path after the rule's rewrite, without query
  /// @param query without question mark, or empty
  /// @param headers names in lower case
  record Request(
      String method,
      String path,
      String query,
      Map<String, List<String>> headers,
      InputStream body) {}

  /// What is sent back. Status and headers go out with the first byte of the body.
  interface Response {
    void status(int code);

    void header(String name, String value);

    OutputStream body();

    /// What to do when the client leaves before the answer is whole, at once when it has left
    /// already: writing tells of it too, but a stream that has nothing to write would never know.
    /// The action must be quick and not block.
    void whenClientLeaves(Runnable action);
  }
}
