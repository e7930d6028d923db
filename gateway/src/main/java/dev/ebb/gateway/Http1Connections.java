package dev.ebb.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The idle connections of one event loop to one address. The one used last is used next, so that
/// those beyond the need grow old and are closed. [KeptOpen] says which may have been closed by the
/// other side.
final class Http1Connections implements ConnectionPool {
  private final LoopState loop;
  private final GatewayContext gateway;
  private final SocketAddress address;
  private final KeptOpen keptOpen;
  private final IdleWitness witness;

  /// Behind a unix socket is one of Ebb's own runtimes, which close no idle connection.
  private final boolean stays;

  private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
  private final DeadlineWheel.Timer timer = new DeadlineWheel.Timer(this::closeOld);
  private boolean closed;

  Http1Connections(
      LoopState loop, GatewayContext gateway, SocketAddress address, KeptOpen keptOpen) {
    this.loop = loop;
    this.gateway = gateway;
    this.address = address;
    this.keptOpen = keptOpen;
    this.witness = new IdleWitness(keptOpen, loop::nextTasks);
    this.stays = address instanceof UnixDomainSocketAddress;
  }

  @Override
  public @Nullable UpstreamConnection take(boolean repeatable) {
    UpstreamConnection newest = idle.pollLast();
    if (newest == null || repeatable || stays) {
      return newest;
    }
    long now = gateway.nanoTime().getAsLong();
    UpstreamConnection oldest = idle.isEmpty() ? newest : idle.getFirst();
    long since = oldest.idleSince;
    witness.see(now - since, () -> oldest.idleSince == since && idle.contains(oldest));
    if (keptOpen.isSafe(now - newest.idleSince)) {
      if (newest.checkOpen()) {
        return newest;
      }
      keptOpen.closed(now - newest.idleSince);
      newest.close();
      closeIdle(); // The others are older.
      return null;
    }
    // One stays, for the others and to see how long it stays open.
    if (idle.isEmpty()) {
      idle.addLast(newest);
    } else {
      newest.close();
    }
    return null;
  }

  @Override
  public void connect(Taker taker) {
    UpstreamConnection connection = UpstreamConnection.http1(this);
    Bootstrap bootstrap =
        gateway
            .towards(address, loop.eventLoop)
            // Else a failed write would close the channel, and with it what is there to be read.
            .option(ChannelOption.AUTO_CLOSE, false)
            .handler(connection.initializer());
    ChannelFuture connecting = bootstrap.connect(gateway.channels().address(address));
    connecting.addListener(future -> {
      if (future.isSuccess()) {
        taker.connected(connection);
      } else {
        taker.connectFailed(future.cause());
      }
    });
  }

  @Override
  public void give(UpstreamConnection connection) {
    if (closed || idle.size() >= gateway.config().maxIdleUpstreamConnections()) {
      connection.close();
      return;
    }
    connection.idleSince = gateway.nanoTime().getAsLong();
    idle.addLast(connection);
    if (idle.size() == 1) {
      loop.wheel.set(timer, connection.idleSince + idleNanos());
    }
  }

  @Override
  public void lost(UpstreamConnection connection) {
    if (idle.remove(connection)) {
      keptOpen.closed(gateway.nanoTime().getAsLong() - connection.idleSince);
    }
  }

  @Override
  public void closeIdle() {
    for (UpstreamConnection connection; (connection = idle.pollLast()) != null; ) {
      connection.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.wheel.cancel(timer);
    closeIdle();
  }

  private void closeOld() {
    long now = gateway.nanoTime().getAsLong();
    UpstreamConnection oldest;
    while ((oldest = idle.peekFirst()) != null && now - oldest.idleSince >= idleNanos()) {
      idle.removeFirst();
      oldest.close();
    }
    if (oldest != null) {
      loop.wheel.set(timer, oldest.idleSince + idleNanos());
    }
  }

  private long idleNanos() {
    return TimeUnit.MILLISECONDS.toNanos(gateway.config().upstreamIdleTimeout().toMillis());
  }
}
