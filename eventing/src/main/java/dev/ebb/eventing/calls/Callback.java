package dev.ebb.eventing.calls;

import dev.ebb.kinds.ObjectKey;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What somebody is told of a call that was made. The body is that of the function's answer.
///
/// @param id that of the call
/// @param url http or https
/// @param headers all that are sent, names in lower case
/// @param acceptedAt when the call was
record Callback(
    String id,
    String queue,
    ObjectKey function,
    URI url,
    Map<String, List<String>> headers,
    Instant acceptedAt)
    implements Item {
  Callback {
    headers = Map.copyOf(headers);
  }
}
