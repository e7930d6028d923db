package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// Netty's classes for one transport.
enum Channels {
  IO_URING(
      IoUringServerSocketChannel.class,
      IoUringSocketChannel.class,
      IoUringDomainSocketChannel.class),
  EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class, EpollDomainSocketChannel.class),
  NIO(NioServerSocketChannel.class, NioSocketChannel.class, NioDomainSocketChannel.class);

  private final Class<? extends ServerChannel> server;
  private final Class<? extends Channel> tcp;
  private final Class<? extends Channel> unix;

  Channels(
      Class<? extends ServerChannel> server,
      Class<? extends Channel> tcp,
      Class<? extends Channel> unix) {
    this.server = server;
    this.tcp = tcp;
    this.unix = unix;
  }

  static Channels of(Transport transport) {
    return switch (transport) {
      case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
      case IO_URING -> {
        if (!IoUring.isAvailable()) {
          throw new IllegalStateException(
              "the transport io_uring does not work here", IoUring.unavailabilityCause());
        }
        yield IO_URING;
      }
      case EPOLL -> {
        if (!Epoll.isAvailable()) {
          throw new IllegalStateException(
              "the transport epoll does not work here", Epoll.unavailabilityCause());
        }
        yield EPOLL;
      }
      case NIO -> NIO;
    };
  }

  IoHandlerFactory ioHandler() {
    return switch (this) {
      case IO_URING -> IoUringIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> server() {
    return server;
  }

  Class<? extends Channel> client(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress ? unix : tcp;
  }

  /// The address in the form that the transport's channels take.
  SocketAddress address(SocketAddress address) {
    return this != NIO && address instanceof UnixDomainSocketAddress domain
        ? new DomainSocketAddress(domain.getPath().toString())
        : address;
  }
}
