package dev.ebb.node.pods;

import dev.ebb.dataplane.Probe;
import dev.ebb.node.ListeningTable;
import dev.ebb.node.sandbox.ContainerRuntime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Makes one try of a probe, with the words of the kubelet for what went wrong. Thread-safe; blocks
/// for the probe's timeout at most.
final class Prober {
  private static final int OUTPUT = 4096;

  private final ContainerRuntime runtime;
  private final PodNetwork network;

  Prober(ContainerRuntime runtime, PodNetwork network) {
    this.runtime = runtime;
    this.network = network;
  }

  ProbeResult ask(Probe.Action action, Duration timeout, ProbeTarget target) {
    return switch (action) {
      case Probe.TcpSocket tcp when target.socket(tcp.host(), tcp.port()).isPresent() ->
          target.socket(tcp.host(), tcp.port()).get().isListening()
              ? ProbeResult.HEALTHY
              : ProbeResult.failed("the function does not listen on EBB_SOCKET");
      case Probe.TcpSocket tcp ->
          tcp.host().isEmpty()
              ? own(
                  target, tcp.port(), () -> connect(target.ip(), target.port(tcp.port()), timeout))
              : connect(tcp.host(), target.port(tcp.port()), timeout);
      case Probe.HttpGet http when target.socket(http.host(), http.port()).isPresent() -> {
        FunctionSocket socket = target.socket(http.host(), http.port()).get();
        socket.reveal();
        yield HttpProbe.ask(http, socket.path(), target.ip(), target.port(http.port()), timeout);
      }
      case Probe.HttpGet http ->
          http.host().isEmpty()
              ? own(
                  target,
                  http.port(),
                  () -> HttpProbe.ask(http, target.ip(), target.port(http.port()), timeout))
              : HttpProbe.ask(http, http.host(), target.port(http.port()), timeout);
      case Probe.Grpc grpc ->
          own(
              target,
              grpc.port(),
              () -> GrpcProbe.ask(target.ip(), target.port(grpc.port()), grpc.service(), timeout));
      case Probe.Exec exec -> exec(exec, timeout, target);
      case Probe.Sleep ignored -> ProbeResult.HEALTHY;
    };
  }

  private interface Try {
    ProbeResult make();
  }

  /// Asks the kernel first who listens there: that disturbs no program that is not ready, tells
  /// what listens instead, and finds what listens at 127.0.0.1 only.
  private ProbeResult own(ProbeTarget target, int asked, Try tried) {
    int port = target.port(asked);
    ListeningTable table =
        network
            .listening(target.setup().network())
            .orElseGet(() -> ListeningTable.of(target.pid()));
    if (!table.has(port)) {
      String instead = table.describe();
      return ProbeResult.failed(
          "dial tcp %s:%d: connect: connection refused%s"
              .formatted(
                  target.ip(),
                  port,
                  instead.isEmpty()
                      ? ""
                      : "; the program listens on " + instead + ", not on " + port));
    }
    if (table.onlyLoopback(port) && target.setup().forwarded().add(port)) {
      network.forwardToLoopback(target.setup().network(), port);
    }
    return tried.make();
  }

  private static ProbeResult connect(String host, int port, Duration timeout) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), millis(timeout));
      return ProbeResult.HEALTHY;
    } catch (SocketTimeoutException e) {
      return ProbeResult.failed("dial tcp %s:%d: i/o timeout".formatted(host, port));
    } catch (IOException e) {
      return ProbeResult.failed(
          "dial tcp %s:%d: connect: %s".formatted(host, port, e.getMessage()));
    }
  }

  static int millis(Duration timeout) {
    return timeout.isZero() ? 1000 : (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
  }

  private ProbeResult exec(Probe.Exec exec, Duration timeout, ProbeTarget target) {
    try (var command = runtime.exec(target.container(), exec.command(), false)) {
      command.input().close();
      var output = CompletableFuture.supplyAsync(() -> read(command), Prober::virtual);
      var code = CompletableFuture.supplyAsync(() -> await(command), Prober::virtual);
      int ended = code.get(millis(timeout), TimeUnit.MILLISECONDS);
      if (ended == 0) {
        return ProbeResult.HEALTHY;
      }
      String said = output.get(1, TimeUnit.SECONDS).strip();
      return ProbeResult.failed(
          said.isEmpty() ? "command terminated with exit code " + ended : said);
    } catch (TimeoutException e) {
      return ProbeResult.failed("command timed out after " + millis(timeout) + " ms");
    } catch (IOException | ExecutionException e) {
      return ProbeResult.failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ProbeResult.failed("interrupted");
    }
  }

  private static void virtual(Runnable task) {
    Thread.ofVirtual().name("ebb-probe").start(task);
  }

  private static int await(dev.ebb.node.InstanceCommand command) {
    try {
      return command.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private static String read(dev.ebb.node.InstanceCommand command) {
    try {
      var text = command.output().readNBytes(OUTPUT);
      var errors = command.errors().readNBytes(OUTPUT);
      return new String(text, StandardCharsets.UTF_8) + new String(errors, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
