package dev.ebb.node.pods;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// One GET of a probe. Only the status is looked at, so the connection ends with it; a redirect
/// counts as healthy, as every status below 400 (Kubernetes's HTTPGetAction).
final class HttpProbe {
  private static final int HEAD = 16 << 10;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");

  private HttpProbe() {}

  static ProbeResult ask(Probe.HttpGet probe, String host, int port, Duration timeout) {
    String url =
        "%s://%s:%d%s"
            .formatted(probe.scheme().toLowerCase(java.util.Locale.ROOT), host, port, path(probe));
    int millis = Prober.millis(timeout);
    long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), millis);
      plain.setSoTimeout(millis);
      try (Socket socket =
          probe.scheme().equalsIgnoreCase("HTTPS") ? secured(plain, host, port) : plain) {
        socket.getOutputStream().write(request(probe, host, port).getBytes(UTF_8));
        socket.getOutputStream().flush();
        return status(socket.getInputStream(), end)
            .map(HttpProbe::judged)
            .orElseGet(() ->
                ProbeResult.failed("Get \"%s\": net/http: malformed HTTP response".formatted(url)));
      }
    } catch (SocketTimeoutException e) {
      return late(url);
    } catch (IOException | GeneralSecurityException e) {
      return ProbeResult.failed("Get \"%s\": %s".formatted(url, e.getMessage()));
    }
  }

  /// The same by a unix socket.
  ///
  /// @param host of the function's instance, as all its clients see it
  static ProbeResult ask(Probe.HttpGet probe, Path path, String host, int port, Duration timeout) {
    String url = "http://%s:%d%s".formatted(host, port, path(probe));
    int millis = Prober.millis(timeout);
    long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    try (var socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        var _ = Deadline.close(socket, millis)) {
      var request = ByteBuffer.wrap(request(probe, host, port).getBytes(UTF_8));
      while (request.hasRemaining()) {
        socket.write(request);
      }
      return status(Channels.newInputStream(socket), end)
          .map(HttpProbe::judged)
          .orElseGet(() ->
              ProbeResult.failed("Get \"%s\": net/http: malformed HTTP response".formatted(url)));
    } catch (AsynchronousCloseException | SocketTimeoutException e) {
      return late(url);
    } catch (IOException e) {
      return ProbeResult.failed("Get \"%s\": %s".formatted(url, e.getMessage()));
    }
  }

  private static ProbeResult late(String url) {
    return ProbeResult.failed(
        "Get \"%s\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            .formatted(url));
  }

  private static ProbeResult judged(int status) {
    return status >= 200 && status < 400
        ? ProbeResult.HEALTHY
        : ProbeResult.failed("HTTP probe failed with statuscode: " + status);
  }

  private static String path(Probe.HttpGet probe) {
    return probe.path().startsWith("/") ? probe.path() : "/" + probe.path();
  }

  private static String request(Probe.HttpGet probe, String host, int port) {
    var head = new StringBuilder("GET ").append(path(probe)).append(" HTTP/1.1\r\n");
    Optional<String> named = header(probe, "Host");
    head.append("Host: ").append(named.orElse(host + ":" + port)).append("\r\n");
    if (header(probe, "User-Agent").isEmpty()) {
      head.append("User-Agent: kube-probe/1.34\r\n");
    }
    if (header(probe, "Accept").isEmpty()) {
      head.append("Accept: */*\r\n");
    }
    for (Probe.Header one : probe.headers()) {
      if (!one.name().equalsIgnoreCase("Host") && (one.name() + one.value()).indexOf('\n') < 0) {
        head.append(one.name()).append(": ").append(one.value()).append("\r\n");
      }
    }
    return head.append("Connection: close\r\n\r\n").toString();
  }

  private static Optional<String> header(Probe.HttpGet probe, String name) {
    return probe.headers().stream()
        .filter(one -> one.name().equalsIgnoreCase(name))
        .map(Probe.Header::value)
        .findFirst();
  }

  /// Of the first line that is no interim response.
  private static Optional<Integer> status(InputStream in, long end) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int count = 0; count < HEAD; count++) {
      if (System.nanoTime() - end > 0) {
        throw new SocketTimeoutException("timeout");
      }
      int next = in.read();
      if (next < 0 || next == '\n') {
        Matcher status = STATUS.matcher(line.toString(ISO_8859_1).strip());
        if (status.matches()) {
          int code = Integer.parseInt(status.group(1));
          if (code >= 200) {
            return Optional.of(code);
          }
        } else if (next < 0) {
          return Optional.empty();
        }
        line.reset();
      } else {
        line.write(next);
      }
    }
    return Optional.empty();
  }

  /// Does not look at the certificate, as the kubelet does not.
  private static Socket secured(Socket plain, String host, int port)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAnybody()}, null);
    return context.getSocketFactory().createSocket(plain, host, port, true);
  }

  private static final class TrustsAnybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
