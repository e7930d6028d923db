package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// What OpenFaaS's gateway tells a function and its caller of a call: its id, and when it came in.
///
/// @param id for the caller, who has not brought one; empty where he has
/// @param startTime nanoseconds since 1970
/// @see dev.ebb.dataplane.RouteRule#callHeaders
record CallHeaders(Optional<String> id, String startTime) {
  private static final AsciiString CALL_ID = AsciiString.cached("X-Call-Id");
  private static final AsciiString START_TIME = AsciiString.cached("X-Start-Time");
  private static final AsciiString SERVED_BY = AsciiString.cached("X-Served-By");

  /// Adds to a request what its function is told.
  static CallHeaders addTo(HttpHeaders request, Instant now) {
    Optional<String> id =
        request.contains(CALL_ID) ? Optional.empty() : Optional.of(newId().toString());
    id.ifPresent(made -> request.set(CALL_ID, made));
    String startTime =
        Long.toString(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
    request.set(START_TIME, startTime);
    return new CallHeaders(id, startTime);
  }

  void addToResponse(HttpHeaders response) {
    id.ifPresent(made -> response.set(CALL_ID, made));
    response.set(START_TIME, startTime);
    response.set(SERVED_BY, "ebb");
  }

  /// Of version 4 (RFC 9562), without the cost of secure random numbers: it names a call and guards
  /// nothing.
  private static UUID newId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(
        (random.nextLong() & ~0xF000L) | 0x4000L,
        (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
  }
}
