package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An [Exchange] over Helidon's request and response.
final class HelidonExchange implements Exchange {
  private static final HeaderName WARNING = HeaderNames.create("Warning");

  private final ServerRequest request;
  private final ServerResponse response;
  private final ClientConnection connection;
  private final OpenStreams streams;
  private final ServerLimits limits;
  private final List<String> warnings = new ArrayList<>();
  private User user = User.ANONYMOUS;
  private volatile boolean bodyRead;
  private boolean streaming;

  HelidonExchange(
      ServerRequest request,
      ServerResponse response,
      ClientConnection connection,
      OpenStreams streams,
      ServerLimits limits) {
    this.request = request;
    this.response = response;
    this.connection = connection;
    this.streams = streams;
    this.limits = limits;
  }

  void authenticated(User who) {
    this.user = who;
  }

  /// What the client showed in the handshake, where it was verified.
  Optional<X509Certificate> clientCertificate() {
    return request
        .remotePeer()
        .tlsCertificates()
        .filter(chain -> chain.length > 0 && chain[0] instanceof X509Certificate)
        .map(chain -> (X509Certificate) chain[0]);
  }

  /// Every value of a header, in the order of the lines.
  List<String> headerValues(String name) {
    HeaderName headerName = HeaderNames.create(name);
    return request.headers().contains(headerName)
        ? List.copyOf(request.headers().get(headerName).allValues())
        : List.of();
  }

  /// Headers by their names in lower case.
  ///
  /// @param prefix in lower case
  Map<String, List<String>> headersWithPrefix(String prefix) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (Header header : request.headers()) {
      String name = header.headerName().lowerCase();
      if (name.startsWith(prefix)) {
        found.put(name, List.copyOf(header.allValues()));
      }
    }
    return found;
  }

  boolean responded() {
    return response.isSent();
  }

  boolean streaming() {
    return streaming;
  }

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String path() {
    return request.prologue().uriPath().rawPath();
  }

  @Override
  public Optional<String> query(String name) {
    return queryAll(name).stream().findFirst();
  }

  @Override
  public List<String> queryAll(String name) {
    if (!request.query().contains(name)) {
      return List.of();
    }
    List<String> values = request.query().all(name);
    return values.isEmpty() ? List.of("") : values; // `?verbose` has a value, the empty one.
  }

  @Override
  public Optional<String> header(String name) {
    HeaderName headerName = HeaderNames.create(name);
    return request.headers().contains(headerName)
        ? Optional.of(String.join(",", request.headers().get(headerName).allValues()))
        : Optional.empty();
  }

  @Override
  public User user() {
    return user;
  }

  @Override
  public byte[] body() {
    if (!request.content().hasEntity()) {
      bodyRead = true;
      return new byte[0];
    }
    if (request.headers().contentLength().orElse(0) > limits.bodyBytes()) {
      throw Refusals.bodyTooLarge(limits.bodyBytes());
    }
    try {
      InputStream content = request.content().inputStream();
      byte[] body = content.readNBytes(limits.bodyBytes() + 1);
      if (body.length > limits.bodyBytes()) {
        throw Refusals.bodyTooLarge(limits.bodyBytes());
      }
      bodyRead = true;
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String rawQuery() {
    return request.prologue().query().rawValue();
  }

  @Override
  public Map<String, List<String>> headers() {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    request
        .headers()
        .forEach(header -> headers.put(header.headerName().lowerCase(), header.allValues()));
    return headers;
  }

  @Override
  public boolean hasBody() {
    return request.content().hasEntity();
  }

  @Override
  public InputStream bodyStream() {
    return bodyStream(limits.streamIdleTime());
  }

  @Override
  public InputStream bodyStream(Duration idle) {
    connection.input().streaming(idle);
    long length = request.headers().contentLength().orElse(-1);
    return new FilterInputStream(request.content().inputStream()) {
      private long count;

      @Override
      public int read() throws IOException {
        int octet = in.read();
        noteEnd(octet < 0 ? -1 : 1);
        return octet;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int result = in.read(into, offset, length);
        noteEnd(result);
        return result;
      }

      private void noteEnd(int result) {
        count += Math.max(0, result);
        bodyRead = bodyRead || result < 0 || count == length;
      }
    };
  }

  @Override
  public void onClientGone(Runnable gone) {
    connection.input().watchForEnd(gone);
  }

  @Override
  public void setHeader(String name, List<String> values) {
    response.headers().set(HeaderNames.create(name), values);
  }

  /// RFC 7234, section 5.5: code 299, an agent (none), and a quoted text.
  @Override
  public void warn(String text) {
    String oneLine = text.replaceAll("[\\p{Cntrl}]", " ");
    warnings.add("299 - \"" + oneLine.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    response.headers().set(WARNING, warnings);
  }

  @Override
  public void respond(int status, String contentType, byte[] body) {
    begin(status, contentType);
    if (method().equals("HEAD")) {
      // Helidon would send the body, and the client take it for the next response.
      response.headers().set(HeaderNames.CONTENT_LENGTH, body.length);
      OutputStream nothing = response.outputStream();
      HeadSinks.sendHead(response);
      close(nothing);
    } else {
      response.send(body);
    }
  }

  @Override
  public ResponseStream stream(int status, String contentType, Runnable onEnd) {
    boolean bodiless = status == 204 || status == 304 || method().equals("HEAD");
    if (bodiless && (status != 200 || !response.headers().contains(HeaderNames.CONTENT_LENGTH))) {
      // Helidon sends chunks when it knows no length, be there a body or not.
      response.headers().set(HeaderValues.CONTENT_LENGTH_ZERO);
    }
    begin(status, contentType);
    streaming = true;
    OutputStream output = response.outputStream();
    StreamInProgress stream =
        new StreamInProgress(
            bodiless ? new HeadOnly(output) : output, onEnd, streams, connection.input());
    // Before the head, for a client that has it may rely on the stream being there.
    streams.opened(stream);
    try {
      HeadSinks.sendHead(response);
    } catch (RuntimeException e) {
      stream.abandon();
      throw e;
    }
    if (bodyRead || !request.content().hasEntity()) {
      connection.input().watchForEnd(stream::end);
    }
    return stream;
  }

  /// Drops the body of a response that must not have one.
  private static final class HeadOnly extends FilterOutputStream {
    HeadOnly(OutputStream output) {
      super(output);
    }

    @Override
    public void write(int b) {}

    @Override
    public void write(byte[] bytes, int offset, int length) {}
  }

  private static void close(OutputStream output) {
    try {
      output.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void upgrade(String protocol, UpgradeHandler handler) throws IOException {
    if (request.content().hasEntity()) {
      throw ApiException.badRequest("a request that changes the protocol has no body");
    }
    UpgradedConnection upgraded = connection.upgrade();
    streams.upgraded(upgraded, limits.upgrades());
    try {
      streaming = true;
      upgraded.begin(protocol, response.headers());
      handler.handle(upgraded);
    } finally {
      streams.ended(upgraded);
      // What the client still sends is dropped for a moment, so that it reads all that was sent.
      connection.input().refuseRest();
    }
    throw new CloseConnectionException("The connection was taken over and is done");
  }

  private void begin(int status, String contentType) {
    response.status(Status.create(status));
    if (!contentType.isEmpty()) {
      response.headers().set(HeaderNames.CONTENT_TYPE, contentType);
    }
    if (!bodyRead && request.content().hasEntity()) {
      // Else Helidon would read all of it, however long it is, to find the next request.
      response.headers().set(HeaderValues.CONNECTION_CLOSE);
      connection.input().refuseRest();
      connection.closeAfterRequest();
    } else if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      connection.closeAfterRequest();
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
