package dev.ebb.apiserver.spdy;

import java.util.Map;

/// One frame of SPDY/3.1, without the data of DATA frames, which are streamed.
///
/// @see <a href="https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/">SPDY/3.1,
///   section 2.6</a>
sealed interface SpdyFrame {
  /// @param fin the opener sends no data
  record SynStream(int stream, boolean fin, Map<String, String> headers) implements SpdyFrame {}

  record SynReply(int stream, boolean fin, Map<String, String> headers) implements SpdyFrame {}

  record Headers(int stream, boolean fin, Map<String, String> headers) implements SpdyFrame {}

  /// @param length of the data, which follow in the input
  record Data(int stream, boolean fin, int length) implements SpdyFrame {}

  record RstStream(int stream, int status) implements SpdyFrame {}

  /// @param initialWindow of the data that this side may send on each stream; negative when the
  ///   frame does not say
  record Settings(long initialWindow) implements SpdyFrame {}

  record Ping(int id) implements SpdyFrame {}

  record GoAway(int lastStream, int status) implements SpdyFrame {}

  /// @param stream 0 for the whole session
  record WindowUpdate(int stream, int delta) implements SpdyFrame {}

  /// Of a type that SPDY lets everybody ignore.
  record Unknown(int type) implements SpdyFrame {}
}
