package dev.ebb.dataplane;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Answers many small requests in a second: no thread waits for one that needs nothing but an
/// answer from elsewhere, such as the disk's.
public interface PromptHandler extends LocalHandler {
  /// Begins to answer a request whose body is here as a whole. Called on an event loop: must be
  /// quick and never block. Whoever completes the answer does no more than that.
  ///
  /// @param body what the request's body has, at most some KiB
  /// @return empty when the request must be handled on a thread of its own, by [#handle]; the body
  ///   is still unread then
  Optional<CompletableFuture<Answer>> answer(Request request, byte[] body);

  /// @param headers besides the length of the body
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, Map<String, String> headers, byte[] body) {}
}
