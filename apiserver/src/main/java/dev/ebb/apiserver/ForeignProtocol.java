package dev.ebb.apiserver;

import dev.ebb.resources.ApiStatus;
import java.util.Optional;

/// A protocol of its own under a path of this server. Its clients have the tokens of this server
/// but do not know Kubernetes' words: how they show a token, and how they are refused, is up to it.
/// It asks the roles by itself, for only it knows what a path means.
///
/// @see PathRoute
public interface ForeignProtocol extends RequestHandler {
  /// The token in a header `Authorization` that is not `Bearer`.
  Optional<String> token(String authorization);

  /// Answers what went wrong before, in or instead of [#handle], 401 among it.
  void refuse(Exchange exchange, ApiStatus status);
}
