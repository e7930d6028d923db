package dev.ebb.images.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// Sends requests and follows redirects, without giving a host the credentials of another one.
final class HttpTransport implements AutoCloseable {
  /// @param headers names in any case
  /// @param form body of a POST; empty for other methods
  record Request(
      String method, URI url, boolean verified, Map<String, String> headers, String form) {}

  private static final int REDIRECTS = 5;
  private static final Set<Integer> REDIRECTING = Set.of(301, 302, 303, 307, 308);

  private final RegistriesConfig config;
  // Virtual, so that a client costs no threads while nothing is pulled.
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Lazy<HttpClient> verifying;
  private final Lazy<HttpClient> trusting;

  HttpTransport(RegistriesConfig config) {
    this.config = config;
    // Certificates take a while to read: not before the first pull.
    verifying = new Lazy<>(() -> make(TrustedCertificates.verifying(config.certificates())));
    trusting = new Lazy<>(() -> make(TrustedCertificates.trustingAnybody()));
  }

  /// @return the answer, whatever its status; the caller closes its body
  /// @throws IOException when there is none
  HttpResponse<BodyStream> send(Request request) throws IOException, InterruptedException {
    var current = request;
    for (int hops = 0; ; hops++) {
      var response = sendOnce(current);
      if (!REDIRECTING.contains(response.statusCode())) {
        return response;
      }
      response.body().close();
      if (hops == REDIRECTS) {
        throw new IOException("more than " + REDIRECTS + " redirects");
      }
      current = redirected(current, response);
    }
  }

  @Override
  public void close() {
    verifying.ifMade(HttpClient::shutdownNow);
    trusting.ifMade(HttpClient::shutdownNow);
    threads.shutdownNow();
  }

  private HttpResponse<BodyStream> sendOnce(Request request)
      throws IOException, InterruptedException {
    var builder = HttpRequest.newBuilder(request.url());
    request.headers().forEach(builder::setHeader);
    builder.method(
        request.method(),
        request.form().isEmpty()
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(request.form()));
    var client = client(request.verified());
    var answer =
        client.sendAsync(builder.build(), info -> new BodyStream(config.timeouts().stall()));
    try {
      return answer.get(config.timeouts().answer().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException(
          "no answer for " + config.timeouts().answer().toSeconds() + " s");
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  private HttpClient client(boolean verified) throws IOException {
    try {
      return (verified ? verifying : trusting).get();
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e); // The operator's file of certificates is bad.
    }
  }

  private static Request redirected(Request from, HttpResponse<?> response) throws IOException {
    var url = location(from.url(), response);
    boolean sameOrigin = origin(from.url()).equals(origin(url));
    if (from.verified() && !"https".equals(url.getScheme())) {
      throw new IOException("a redirect from HTTPS to " + url.getScheme() + "://" + url.getHost());
    }
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(from.headers());
    if (!sameOrigin) {
      headers.remove("Authorization");
    }
    return new Request(
        from.method().equals("HEAD") ? "HEAD" : "GET",
        url,
        // Only the host that was named insecure is one.
        from.verified() || !(sameOrigin || "http".equals(url.getScheme())),
        headers,
        "");
  }

  private static URI location(URI from, HttpResponse<?> response) throws IOException {
    Optional<String> location = response.headers().firstValue("Location");
    try {
      var url = from.resolve(URI.create(location.orElse("")));
      boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
      if (location.isPresent() && http && url.getHost() != null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("a redirect to what is no URL", e);
    }
    throw new IOException("a redirect to what is no URL");
  }

  private static String origin(URI url) {
    int port = url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
    return url.getScheme() + "://" + url.getHost() + ":" + port;
  }

  private HttpClient make(SSLContext tls) {
    return HttpClient.newBuilder()
        // One connection for each layer: the windows of HTTP/2 in the JDK are slower.
        .version(Version.HTTP_1_1)
        .followRedirects(Redirect.NEVER)
        .connectTimeout(config.timeouts().connect())
        .proxy(config.proxies().selector())
        .sslContext(tls)
        .executor(threads)
        .build();
  }

  /// Made by the first who needs it.
  private static final class Lazy<T> {
    private final Supplier<T> maker;
    private Optional<T> value = Optional.empty();

    Lazy(Supplier<T> maker) {
      this.maker = maker;
    }

    synchronized T get() {
      if (value.isEmpty()) {
        value = Optional.of(maker.get());
      }
      return value.orElseThrow();
    }

    synchronized void ifMade(Consumer<T> action) {
      value.ifPresent(action);
    }
  }
}
