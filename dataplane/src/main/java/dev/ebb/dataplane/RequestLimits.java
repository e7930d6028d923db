package dev.ebb.dataplane;

import java.time.Duration;

/// How requests to a revision are admitted.
///
/// @param containerConcurrency at most so many exchanges per instance at once; 0 for no limit
/// @param timeout from the request's arrival to the end of the response
/// @param responseStartTimeout until the first byte of the response; zero for none
/// @param idleTimeout without a byte in either direction; zero for none
/// @param queueCapacity how many requests may wait for an instance; more get 503
public record RequestLimits(
    int containerConcurrency,
    Duration timeout,
    Duration responseStartTimeout,
    Duration idleTimeout,
    int queueCapacity) {}
