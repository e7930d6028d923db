package dev.ebb.server;

import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallSender;
import dev.ebb.eventing.log.Payload;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Makes asynchronous calls by HTTP/1.1 at the gateway's own port, so that they are throttled,
/// counted and scaled by as any others are; and callbacks to whoever is to be told. Bodies stream.
/// Thread-safe; blocks, and ends when its thread is interrupted.
final class HttpCalls implements CallSender, AutoCloseable {
  private static final int CONNECT_MILLIS = 10_000;

  /// Until a receiver's answer begins, and between its pieces.
  private static final int CALLBACK_MILLIS = 60_000;

  /// A connection that is idle for longer may be one that the gateway is about to close.
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int MAX_IDLE = 128;

  /// So much of an answer that nobody wants is read, that its connection can be used again.
  private static final int UNWANTED_BYTES = 16 * 1024;

  /// Larger bodies stream.
  private static final int SMALL_BYTES = 64 * 1024;

  private static final String REFUSAL = "x-openfaas-internal";

  /// Of the connection.
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final IntSupplier gatewayPort;
  private final CallbackAddresses addresses;

  /// Connections to the gateway, that which was used last at the end.
  private final Deque<Idle> idle = new ArrayDeque<>();

  private boolean closed;

  private record Idle(HttpWire wire, long since) {}

  HttpCalls(IntSupplier gatewayPort, CallbackAddresses addresses) {
    this.gatewayPort = gatewayPort;
    this.addresses = addresses;
  }

  @Override
  public Answer call(Call call, Payload body) throws IOException, InterruptedException {
    String query = call.query().isEmpty() ? "" : "?" + Uris.escape(call.query());
    String target =
        "/function/%s.%s%s%s"
            .formatted(
                call.function().name(),
                call.function().namespace(),
                Uris.escape(call.path()),
                query);
    StringBuilder head = HttpHead.request(call.method(), target, "127.0.0.1:" + port());
    HttpHead.headers(head, call.headers(), OWN);
    HttpHead.end(head, body.length());
    try {
      HttpWire used = idle();
      if (used != null) {
        try {
          return exchange(used, call.method(), head, body, /* pooled= */ true);
        } catch (IOException e) {
          // The gateway closed it, as it may at any time, and has not begun with this call.
          if (used.heard() || Thread.currentThread().isInterrupted()) {
            throw e;
          }
        }
      }
      return exchange(connect(), call.method(), head, body, /* pooled= */ true);
    } catch (IOException e) {
      throw orInterrupted(e);
    }
  }

  @Override
  public Answer callBack(URI url, Map<String, List<String>> headers, Payload body)
      throws IOException, InterruptedException {
    try {
      CallbackAddresses.Place place = addresses.resolve(url);
      String path = place.url().getRawPath();
      String query = place.url().getRawQuery();
      StringBuilder head =
          HttpHead.request(
              "POST",
              (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query),
              place.url().getRawAuthority().replaceFirst("^.*@", ""));
      HttpHead.headers(head, headers, OWN);
      head.append("Connection: close\r\n");
      HttpHead.end(head, body.length());
      HttpWire wire = new HttpWire(connect(place));
      wire.patience(CALLBACK_MILLIS);
      return exchange(wire, "POST", head, body, /* pooled= */ false);
    } catch (IOException e) {
      throw orInterrupted(e);
    }
  }

  /// The server stops: that says nothing of the call.
  private static IOException orInterrupted(IOException e) throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw (InterruptedException) new InterruptedException("the server stops").initCause(e);
    }
    return e;
  }

  private int port() {
    return gatewayPort.getAsInt();
  }

  private HttpWire connect() throws IOException {
    return new HttpWire(connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port())));
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// To one of the addresses that were checked, and to no other.
  private static Socket connect(CallbackAddresses.Place place) throws IOException {
    IOException failure = new IOException(place.url().getHost() + " has no address");
    for (InetAddress address : place.addresses()) {
      try {
        Socket socket = connect(new InetSocketAddress(address, place.port()));
        return place.isSecure() ? secure(socket, place) : socket;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private static Socket secure(Socket socket, CallbackAddresses.Place place) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try {
      SSLSocket secured =
          (SSLSocket)
              factory.createSocket(
                  socket, place.url().getHost(), place.port(), /* autoClose= */ true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.setSoTimeout(CONNECT_MILLIS);
      secured.startHandshake();
      return secured;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Answer exchange(
      HttpWire wire, String method, StringBuilder head, Payload body, boolean pooled)
      throws IOException {
    try {
      try {
        boolean small = body.length() <= SMALL_BYTES;
        wire.send(head, small ? body.bytes() : new byte[0]);
        if (!small) {
          try (InputStream stream = body.open()) {
            wire.send(stream);
          }
        }
      } catch (IOException e) {
        return refusedEarly(wire, method, pooled, e);
      }
      return answer(wire, method, pooled);
    } catch (IOException | RuntimeException e) {
      wire.close();
      throw e;
    }
  }

  /// Whoever refuses a call need not read its body.
  private Answer refusedEarly(HttpWire wire, String method, boolean pooled, IOException broken)
      throws IOException {
    try {
      return answer(wire, method, pooled);
    } catch (IOException e) {
      broken.addSuppressed(e);
      throw broken;
    }
  }

  private Answer answer(HttpWire wire, String method, boolean pooled) throws IOException {
    HttpWire.Head head = wire.readHead();
    Optional<String> refusal =
        pooled
            ? head.headers().getOrDefault(REFUSAL, List.of()).stream().findFirst()
            : Optional.empty();
    return new Answer(
        head.status(), head.headers(), new Body(wire, wire.body(head, method), pooled), refusal);
  }

  private synchronized @Nullable HttpWire idle() throws IOException {
    Idle found = idle.pollLast();
    if (found == null || System.nanoTime() - found.since() < IDLE_NANOS) {
      return found == null ? null : found.wire();
    }
    found.wire().close();
    closeIdle();
    return null;
  }

  private synchronized void keep(HttpWire wire) throws IOException {
    if (closed || !wire.isReusable()) {
      wire.close();
      return;
    }
    idle.addLast(new Idle(wire, System.nanoTime()));
    if (idle.size() > MAX_IDLE) {
      idle.removeFirst().wire().close();
    }
  }

  private void closeIdle() throws IOException {
    for (Idle left : idle) {
      left.wire().close();
    }
    idle.clear();
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      closeIdle();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// An answer's body; gives its connection back when it is closed.
  private final class Body extends FilterInputStream {
    private final HttpWire wire;
    private final boolean pooled;
    private boolean ended;
    private boolean over;

    Body(HttpWire wire, InputStream body, boolean pooled) {
      super(body);
      this.wire = wire;
      this.pooled = pooled;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      ended |= value < 0;
      return value;
    }

    @Override
    public int read(byte[] target, int from, int count) throws IOException {
      int read = in.read(target, from, count);
      ended |= read < 0;
      return read;
    }

    @Override
    public void close() throws IOException {
      if (over) {
        return;
      }
      over = true;
      if (pooled && (ended || isSkipped())) {
        keep(wire);
      } else {
        wire.close();
      }
    }

    /// Only of an answer that says that it is short: another may never end.
    private boolean isSkipped() throws IOException {
      if (in instanceof HttpWire.Length length && length.left <= UNWANTED_BYTES) {
        length.readNBytes(UNWANTED_BYTES);
        return length.left == 0;
      }
      return false;
    }
  }
}
