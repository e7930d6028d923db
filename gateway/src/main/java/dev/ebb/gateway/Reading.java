package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;

/// Turns the reading of a channel off and on, which is how one side's back-pressure reaches the
/// other.
final class Reading {
  private Reading() {}

  /// Called on the channel's event loop.
  static void set(Channel channel, boolean on) {
    if (channel.config().isAutoRead() == on) {
      return;
    }
    channel.config().setAutoRead(on);
    if (on && channel instanceof Http2StreamChannel) {
      // A stream that is asked to read while an earlier read is still open writes the window update
      // (RFC 9113, section 6.9) for what it gave us before, and Netty 4.2 does not flush it: the
      // other side would wait for it for ever. Nothing happens if nothing was written.
      channel.flush();
    }
  }
}
