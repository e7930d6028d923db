package dev.ebb.apiserver.spdy;

/// What one session may cost.
///
/// @param streams open at the same time; more are refused
/// @param bufferedBytes of all streams together, received and not read yet; while there are more,
///   nothing is read from the connection
public record SpdyLimits(int streams, int bufferedBytes) {
  /// 512 forwarded connections of two streams each; 4 MiB, so that one slow reader does not hold up
  /// the others at once.
  public static final SpdyLimits DEFAULT = new SpdyLimits(1024, 4 << 20);
}
