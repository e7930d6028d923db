package dev.ebb.dataplane;

import java.time.Duration;

/// How requests to a revision are admitted, and what is spoken with its instances.
///
/// @param containerConcurrency at most so many exchanges per instance at once; 0 for no limit
/// @param timeout from the request's arrival to the first byte of the response, as at Knative's
///   queue proxy; of an exchange that changed its protocol, to its end
/// @param responseStartTimeout as the timeout, from when the request was sent; zero for none
/// @param idleTimeout without a byte in either direction; zero for none
/// @param queueCapacity how many requests may wait for an instance; more get 503
public record RequestLimits(
    int containerConcurrency,
    Duration timeout,
    Duration responseStartTimeout,
    Duration idleTimeout,
    int queueCapacity,
    Protocol protocol) {
  /// What an instance speaks: by the name of its port (Knative's runtime contract), or what the
  /// gateway finds out.
  public enum Protocol {
    HTTP1,
    /// HTTP/2 without TLS from the first byte on ("prior knowledge", RFC 9113, section 3.3).
    H2C,
    /// `H2C` if an instance answers in it, else `HTTP1`.
    DETECT
  }

  public RequestLimits(
      int containerConcurrency,
      Duration timeout,
      Duration responseStartTimeout,
      Duration idleTimeout,
      int queueCapacity) {
    this(
        containerConcurrency,
        timeout,
        responseStartTimeout,
        idleTimeout,
        queueCapacity,
        Protocol.HTTP1);
  }
}
