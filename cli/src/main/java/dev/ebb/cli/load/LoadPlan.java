package dev.ebb.cli.load;

import java.time.Duration;

/// What load is to be put on whom.
///
/// @param http2 whether HTTP/2 is spoken: agreed on over TLS, with prior knowledge without
/// @param connections kept alive, each with one request at a time
/// @param perSecond requests per second of all connections together; 0 for as many as are answered
public record LoadPlan(
    LoadServer server,
    LoadRequest request,
    boolean http2,
    int connections,
    Duration duration,
    double perSecond) {}
