package dev.ebb.apiserver;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/// Helidon's connection, reading through a [ConnectionInput].
///
/// @see docs/decisions/0040-helidon-behind-our-own-connection.md
final class ClientConnection implements ServerConnection {
  /// The connection on whose thread a handler runs.
  static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

  /// Longer than any idle time that could be configured.
  private static final Duration FOREVER = Duration.ofDays(1000);

  private final ServerConnection delegate;
  private final ConnectionInput input;
  private final DataReader reader;
  private final DataWriter writer;

  ClientConnection(
      ServerConnectionSelector selector, ConnectionContext context, ServerLimits limits) {
    this.input = new ConnectionInput(context.serverSocket(), limits, System::nanoTime);
    this.reader = DataReader.create(input);
    this.writer = context.dataWriter();
    this.delegate = selector.connection(new Observed(context, reader));
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    ScopedValue.where(CURRENT, this)
        .call(() -> {
          try {
            delegate.handle(limit);
          } finally {
            input.drain();
          }
          return true;
        });
  }

  ConnectionInput input() {
    return input;
  }

  /// The connection's bytes, behind those of the request. To be called on the connection's thread.
  UpgradedConnection upgrade() {
    return new UpgradedConnection(reader, writer, input);
  }

  /// To be called in a request: it is the last one. Helidon by itself sends `Connection: close` but
  /// waits for the client to do it.
  void closeAfterRequest() {
    delegate.close(/* interrupt= */ false);
  }

  /// The sweeper closes what has been idle for too long: a stalled request counts as such.
  @Override
  public Duration idleTime() {
    return input.stalled() ? FOREVER : delegate.idleTime();
  }

  @Override
  public void close(boolean interrupt) {
    delegate.close(interrupt || input.stalled());
  }

  private record Observed(ConnectionContext delegate, DataReader dataReader)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return delegate.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return delegate.executor();
    }

    @Override
    public DataWriter dataWriter() {
      return delegate.dataWriter();
    }

    @Override
    public Router router() {
      return delegate.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return delegate.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return delegate.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return delegate.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return delegate.localPeer();
    }

    @Override
    public boolean isSecure() {
      return delegate.isSecure();
    }

    @Override
    public String socketId() {
      return delegate.socketId();
    }

    @Override
    public String childSocketId() {
      return delegate.childSocketId();
    }
  }
}
