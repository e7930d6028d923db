package dev.ebb.eventing.calls;

import dev.ebb.kinds.ObjectKey;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request that is made later. Its body is not part of it.
///
/// @param id what its caller knows it by; need not be unique
/// @param queue 1 to 63 characters: letters, digits, `-`, `_`, `.`
/// @param function its namespace and name
/// @param path for the function, percent-encoded; begins with a slash
/// @param query without question mark, or empty
/// @param headers names in lower case
/// @param callback who is told of the answer
/// @param hops how many callbacks led to this call; a loop of callbacks ends when there are too
///   many
public record Call(
    String id,
    String queue,
    ObjectKey function,
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    Optional<URI> callback,
    int hops,
    Instant acceptedAt)
    implements Item {
  public Call {
    headers = Map.copyOf(headers);
  }
}
