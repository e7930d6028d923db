package dev.ebb.server;

import dev.ebb.cli.CliException;
import dev.ebb.cli.DataDirectories;
import dev.ebb.cli.ServerRecord;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ebb up`.
@Command(
    name = "up",
    description =
        "Start the platform in the foreground. Ctrl-C drains and stops; twice stops at once.",
    footer = {
      "",
      "It listens on loopback unless --bind says more: functions and services on",
      "--port, with TLS on --https-port, the Kubernetes API with TLS on --api-port,",
      "metrics on --metrics-port.",
      "After a server that was killed the next one finds its instances again.",
      "Images are pulled through HTTP_PROXY, HTTPS_PROXY, NO_PROXY of its environment.",
      "",
      "Example: ebb up --data-dir ./data --port 9000 --api-port 7443"
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Where objects, packages and logs are kept (default: EBB_DATA_DIR, else per user).")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + ServerConfig.GATEWAY_PORT,
      description =
          "The port of functions and services (default: ${DEFAULT-VALUE}; 0: any free one).")
  private int port = ServerConfig.GATEWAY_PORT;

  @Option(
      names = "--https-port",
      paramLabel = "PORT",
      description =
          "The port of functions and services over HTTPS (default: "
              + ServerConfig.HTTPS_PORT
              + ", or a free one when it is in use; 0: any free one).")
  private @Nullable Integer httpsPort;

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      defaultValue = "" + ServerConfig.API_PORT,
      description = "The port of the Kubernetes API (default: ${DEFAULT-VALUE}; 0: any free one).")
  private int apiPort = ServerConfig.API_PORT;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "" + ServerConfig.METRICS_PORT,
      description =
          "The port of /metrics and /healthz (default: ${DEFAULT-VALUE}; 0: any free one).")
  private int metricsPort = ServerConfig.METRICS_PORT;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description =
          "Serve functions and the Kubernetes API on this address of the machine too (0.0.0.0: all),"
              + " for others to reach. Anybody there may call functions; the API asks for a token.")
  private String bind = "";

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "How the gateway talks to the kernel: auto, io_uring, epoll, nio (default: auto).")
  private String transport = "auto";

  @Mixin private RegistryOptions registries = new RegistryOptions();

  @Mixin private ContainerOptions containers = new ContainerOptions();

  @Mixin private HostOptions host = new HostOptions();

  @Mixin private AsyncOptions calls = new AsyncOptions();

  @Option(names = "--access-log", description = "One line per request in the server's log.")
  private boolean accessLog;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but errors.")
  private boolean quiet;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ContainersConfig instances = containers.config();
    ServerConfig config =
        new ServerConfig(
            ServerHome.find(),
            dataDirectory == null ? DataDirectories.defaultDirectory() : dataDirectory,
            port,
            httpsPort == null ? OptionalInt.empty() : OptionalInt.of(httpsPort),
            apiPort,
            metricsPort,
            false,
            true,
            false,
            transport,
            accessLog,
            addresses(),
            registries.config(System.getenv()),
            instances,
            host.access(),
            calls.config());
    long started = System.nanoTime();
    Signals signals = new Signals();
    Server server = start(config);
    signals.atOnce(server::closeNow);
    if (!quiet) {
      welcome(out, server.record(), Duration.ofNanos(System.nanoTime() - started));
    }
    signals.await();
    if (!quiet) {
      out.println("Draining; press Ctrl-C again to stop at once ...");
      out.flush();
    }
    server.close();
    if (!quiet) {
      out.println("Stopped.");
      out.flush();
    }
    return 0;
  }

  private List<InetAddress> addresses() {
    try {
      return BindAddress.parse(bind);
    } catch (StartupException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  static Server start(ServerConfig config) {
    try {
      return Server.start(config);
    } catch (StartupException e) {
      throw new CliException(String.valueOf(e.getMessage()));
    }
  }

  private static void welcome(PrintWriter out, ServerRecord server, Duration took) {
    out.println("Ebb " + server.version() + " is up after " + took.toMillis() + " ms.");
    out.println();
    out.println("  functions and services  " + server.gatewayUrl());
    out.println("  the same over HTTPS     port " + server.httpsPort());
    out.println("  Kubernetes API          " + server.apiUrl());
    out.println("  metrics                 " + server.metricsUrl() + "/metrics");
    out.println("  data                    " + server.dataDirectory());
    out.println();
    out.println("  ebb deploy examples/python/hello.py");
    out.println("  kubectl --kubeconfig " + server.kubeconfig() + " get ksvc");
    out.println();
    out.flush();
  }
}
