package dev.ebb.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ebb invoke`.
@Command(
    name = "invoke",
    description = "Call a function or service and print its answer.",
    footer = {
      "",
      "Examples:",
      "  ebb invoke hello",
      "  ebb invoke hello -d '{\"name\":\"Ada\"}' -H 'Content-Type: application/json'",
      "  ebb invoke resize -d @picture.png > small.png",
      "",
      "An answer of 400 or more is printed, and is a failure."
    },
    mixinStandardHelpOptions = true)
public final class InvokeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private RequestOptions request = new RequestOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The function or service.")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATH",
      defaultValue = "/",
      description = "Path and query below the function (default: /).")
  private String path = "/";

  @Option(
      names = {"-i", "--include"},
      description = "Print the status and the headers of the answer too.")
  private boolean include;

  @Override
  public Integer call() throws IOException {
    ServerRecord server = client.server();
    byte[] body = request.body(System.in);
    String target =
        FunctionUrls.pathForm(server, client.namespace(), ResourcePath.encode(name))
            + (path.equals("/") ? "" : path.startsWith("/") ? "" : "/")
            + (path.equals("/") ? "" : encoded(path));
    try (HttpClient.Response response = send(target, request.method(), request.headers(), body)) {
      PrintWriter out = spec.commandLine().getOut();
      if (include) {
        out.println("HTTP/1.1 " + response.status());
        response
            .headers()
            .forEach(
                (header, values) -> values.forEach(value -> out.println(header + ": " + value)));
        out.println();
        out.flush();
      }
      LogsCommand.copy(response.body(), System.out);
      if (Boolean.getBoolean("ebb.terminal")) {
        System.out.println();
      }
      if (response.status() >= 400) {
        throw new CliException(why(new ApiClient(server.apiSocket()), response.status()));
      }
      return 0;
    }
  }

  /// What a person would look at next.
  private String why(ApiClient api, int status) {
    Applications found = Applications.find(api, client.namespace(), name);
    String options = client.namespaceOption();
    Readiness readiness = Readiness.of(found.main());
    return readiness.ready()
        ? "%s answered %d. Its output: ebb logs %s%s".formatted(name, status, name, options)
        : "%s answered %d; it is not ready (%s). See: ebb describe %s%s"
            .formatted(name, status, readiness.word(), name, options);
  }

  /// The path as the user typed it, with what no URL may have (RFC 3986) as escapes of its UTF-8.
  static String encoded(String path) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (octet & 0xff);
      if (character > ' ' && character < 0x7f && "\"<>\\^`{|}#".indexOf(character) < 0) {
        encoded.append(character);
      } else {
        encoded.append('%').append("%02X".formatted((int) character));
      }
    }
    return encoded.toString();
  }

  /// Sends one request to an absolute URL.
  public static HttpClient.Response send(
      String url, String method, Map<String, String> headers, byte[] body) throws IOException {
    URI uri = URI.create(url);
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    String target =
        (uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
            + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    try {
      return HttpClient.send(
          new InetSocketAddress(uri.getHost(), port),
          new HttpClient.Request(method, target, uri.getHost() + ":" + port, headers, body));
    } catch (EOFException | SocketException e) {
      boolean refused = e instanceof ConnectException;
      throw new CliException(
          refused
              ? "nothing answers at %s:%d. See: ebb status".formatted(uri.getHost(), port)
              : "the connection to %s:%d broke: %s. See: ebb status"
                  .formatted(uri.getHost(), port, FileErrors.reason(e)),
          CliException.UNREACHABLE);
    }
  }
}
