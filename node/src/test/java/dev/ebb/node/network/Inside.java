package dev.ebb.node.network;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Does things in a network namespace: on a thread that enters it and ends. Sockets opened there
/// stay there, whichever thread uses them.
final class Inside {
  private static final int TIMEOUT_MILLIS = 60_000;

  private Inside() {}

  static <T> T run(Path namespace, Callable<T> action) throws Exception {
    return onThread(() -> {
      int descriptor = KernelCalls.openNamespace(namespace);
      try {
        KernelCalls.enterNetwork(descriptor);
      } finally {
        Linux.close(descriptor);
      }
      return action.call();
    });
  }

  /// On a thread of the operating system that ends with it.
  static <T> T onThread(Callable<T> action) throws Exception {
    var result = new CompletableFuture<T>();
    var thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                result.complete(action.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    thread.join();
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /// Answers every connection with its name, until it is closed.
  static TestServer server(Path namespace, InetAddress address, String name) throws Exception {
    return run(namespace, () -> new TestServer(address, name));
  }

  /// What the server says, or why it does not.
  static String call(Path namespace, InetAddress address, int port) throws Exception {
    return run(namespace, () -> call(address, port));
  }

  static String call(InetAddress address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return new String(
          socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "refused";
    }
  }
}
