package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// What the kernel knows of a TCP connection before any event of it has reached the event loop,
/// from Linux's `struct tcp_info` (tcp(7), `TCP_INFO`).
///
/// @param state as in the kernel's `enum` of TCP's states
/// @param acknowledgedBytes that were sent and that the other side's kernel has taken
record TcpProgress(int state, long acknowledgedBytes) {
  private static final int CLOSED = 7;
  private static final int CLOSE_WAIT = 8;

  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int STATE_AT = 0;
  private static final int ACKNOWLEDGED_AT = 120;
  private static final int LENGTH = ACKNOWLEDGED_AT + Long.BYTES;

  private static final RawUnixChannelOption OPTION =
      new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, LENGTH);

  /// Empty when it cannot be told: with Java's own channels, with unix sockets, and when the
  /// channel is closed.
  static Optional<TcpProgress> of(Channel channel) {
    if (!channel.isOpen()) {
      return Optional.empty();
    }
    ByteBuffer info;
    try {
      info = channel.config().getOption(OPTION);
    } catch (ChannelException notTcp) {
      return Optional.empty();
    }
    return info == null
        ? Optional.empty()
        : Optional.of(
            new TcpProgress(
                info.get(STATE_AT), info.order(ByteOrder.nativeOrder()).getLong(ACKNOWLEDGED_AT)));
  }

  /// Whether the other side has said that it sends nothing more, or is gone.
  boolean ended() {
    return state == CLOSE_WAIT || gone();
  }

  /// Whether the other side is gone: nothing is acknowledged any more.
  boolean gone() {
    return state == CLOSED;
  }
}
