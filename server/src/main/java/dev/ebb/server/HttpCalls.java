package dev.ebb.server;

import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallSender;
import dev.ebb.eventing.log.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Makes asynchronous calls by HTTP/1.1 at the gateway's own port, so that they are throttled,
/// counted and scaled by as any others are; and callbacks to whoever is to be told. Bodies stream.
/// Thread-safe; makes its client, which has a thread, for the first request.
final class HttpCalls implements CallSender, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpCalls.class.getName());
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /// Until a receiver's answer begins.
  private static final Duration CALLBACK_TIMEOUT = Duration.ofSeconds(60);

  private static final String REFUSAL = "x-openfaas-internal";

  /// The client says these itself.
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final IntSupplier gatewayPort;
  private final CallbackAddresses addresses;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable HttpClient client;

  HttpCalls(IntSupplier gatewayPort, CallbackAddresses addresses) {
    this.gatewayPort = gatewayPort;
    this.addresses = addresses;
  }

  @Override
  public Answer call(Call call, Payload body) throws IOException, InterruptedException {
    String query = call.query().isEmpty() ? "" : "?" + Uris.escape(call.query());
    URI uri =
        URI.create(
            gateway()
                + "/function/%s.%s%s%s"
                    .formatted(
                        call.function().name(),
                        call.function().namespace(),
                        Uris.escape(call.path()),
                        query));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(call.method(), publisher(body));
    return send(request, call.headers(), /* trusted= */ true);
  }

  @Override
  public Answer callBack(URI url, Map<String, List<String>> headers, Payload body)
      throws IOException, InterruptedException {
    URI address = addresses.require(url, /* resolve= */ true);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).POST(publisher(body)).timeout(CALLBACK_TIMEOUT);
    return send(request, headers, /* trusted= */ false);
  }

  private String gateway() {
    return "http://%s:%d"
        .formatted(InetAddress.getLoopbackAddress().getHostAddress(), gatewayPort.getAsInt());
  }

  private static BodyPublisher publisher(Payload body) {
    return body.length() == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(body::open), body.length());
  }

  private Answer send(
      HttpRequest.Builder request, Map<String, List<String>> headers, boolean trusted)
      throws IOException, InterruptedException {
    headers.forEach((name, values) -> {
      if (!OWN.contains(name)) {
        values.forEach(value -> add(request, name, value));
      }
    });
    HttpResponse<InputStream> response =
        client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    Map<String, List<String>> lower = new HashMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), values));
    Optional<String> refusal = trusted ? response.headers().firstValue(REFUSAL) : Optional.empty();
    return new Answer(response.statusCode(), lower, response.body(), refusal);
  }

  /// Leaves out what the client does not send, as control characters that a lenient peer sent.
  private static void add(HttpRequest.Builder request, String name, String value) {
    try {
      request.header(name, value);
    } catch (IllegalArgumentException e) {
      LOG.log(System.Logger.Level.DEBUG, "header {0} of an asynchronous call is left out", name);
    }
  }

  private synchronized HttpClient client() throws IOException {
    if (threads.isShutdown()) {
      throw new IOException("the server stops");
    }
    HttpClient present = client;
    if (present == null) {
      present =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT_TIMEOUT)
              .executor(threads)
              .build();
      client = present;
    }
    return present;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
    threads.shutdownNow();
  }
}
