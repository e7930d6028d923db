package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpResponse;

/// How requests come and responses go on a client's channel: as HTTP/1.1 one after the other, or as
/// one stream of HTTP/2. Belongs to one [ClientConnection].
interface ClientFraming {
  void install(Channel channel, ChannelHandler connection);

  /// Whether a part of a request's header has arrived, and the rest not yet.
  boolean midHead();

  /// Before the response's header is written.
  void answersHead(boolean head);

  /// A response with a status of 1xx, whole.
  Object informational(HttpResponse head);

  /// Whether nothing follows the first request.
  boolean oneRequest();

  /// As Go names it.
  String protocol();

  /// What comes and goes from now on are the bytes of another protocol.
  void upgrade(Channel channel);

  /// Closes when all that was written is sent.
  ///
  /// @param quiet the client has sent all that it had to
  void end(Channel channel, boolean quiet, DeadlineWheel wheel, long nowNanos);
}
