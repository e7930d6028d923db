package dev.ebb.apiserver;

import com.sun.net.httpserver.HttpServer;
import dev.ebb.apiserver.pods.PodPorts;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A running Pod `default/echo` whose port 8080 answers each request with its body, and whose other
/// ports are closed.
final class EchoPods implements PodPorts, AutoCloseable {
  static final ObjectKey POD = new ObjectKey("default", "echo");
  static final int PORT = 8080;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  EchoPods() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("X-Uri", exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(200, 0);
            exchange.getRequestBody().transferTo(exchange.getResponseBody());
          }
        });
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  static void create(TestingResources resources) {
    KubernetesObject pod =
        KubernetesObject.of(CoreKinds.POD.type(), POD)
            .with(json -> {
              json.putObject("spec")
                  .putArray("containers")
                  .addObject()
                  .put("name", "user-container")
                  .put("image", "example.com/echo")
                  .putArray("ports")
                  .addObject()
                  .put("containerPort", PORT);
            });
    KubernetesObject created =
        resources.create(CoreKinds.POD, pod, WriteOptions.by("test")).object();
    resources.update(
        CoreKinds.POD,
        created.with(json -> json.putObject("status").put("phase", "Running")),
        WriteOptions.by("test").to(WriteOptions.Subresource.STATUS));
  }

  @Override
  public void check(ObjectKey pod) {
    if (!pod.equals(POD)) {
      throw ApiException.notFound(CoreKinds.POD, pod.name());
    }
  }

  @Override
  public SocketChannel connect(ObjectKey pod, int port) throws IOException {
    if (port != PORT) {
      throw new IOException("nobody listens on " + port);
    }
    return SocketChannel.open(address());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
