package dev.ebb.server;

import dev.ebb.cli.ApiClient;
import dev.ebb.cli.CliException;
import dev.ebb.cli.DataDirectories;
import dev.ebb.cli.FunctionDeployment;
import dev.ebb.cli.FunctionManifest;
import dev.ebb.cli.HttpClient;
import dev.ebb.cli.InvokeCommand;
import dev.ebb.cli.SourceFile;
import dev.ebb.cli.Trees;
import dev.ebb.node.LastWill;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ebb run`: a platform for one function, which leaves nothing behind.
@Command(
    name = "run",
    description =
        "Try a function: start Ebb, deploy the file, call it once, follow its log; reload on save.",
    footer = {
      "",
      "Examples:",
      "  ebb run hello.py",
      "  ebb run hello.py --once -d '{\"name\":\"Ada\"}'    call it, print the answer, stop",
      "",
      "It keeps its data in a temporary directory and runs beside `ebb up`: where a",
      "port is in use it takes a free one. With --once an answer of 400 or more is a",
      "failure."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final int DEPLOY_SECONDS = 60;
  private static final String NAMESPACE = "default";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The source: .py, .js, .mjs, .cjs.")
  private Path file = Path.of("");

  @Option(names = "--once", description = "Deploy, invoke, print the answer, stop.")
  private boolean once;

  @Option(
      names = {"-d", "--data"},
      paramLabel = "DATA",
      description = "The body of the first call.")
  private @Nullable String data;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "KEY=VALUE",
      description = "An environment variable; may be given several times.")
  private Map<String, String> environment = new LinkedHashMap<>();

  @Option(names = "--handler", paramLabel = "FUNCTION", description = "The function in the file.")
  private String handler = "";

  @Option(
      names = "--isolation",
      paramLabel = "KIND",
      defaultValue = "process",
      description =
          "What keeps instances apart: process, container, or auto: containers where this"
              + " machine can run them (default: process).")
  private Isolation isolation = Isolation.PROCESS;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + ServerConfig.GATEWAY_PORT,
      description =
          "The function's port (default: ${DEFAULT-VALUE}, or a free one when it is in use).")
  private int port = ServerConfig.GATEWAY_PORT;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SourceFile source = SourceFile.read(file);
    Path directory = Files.createTempDirectory("ebb-run-");
    Signals signals = new Signals();
    try (LastWill _ = LastWill.open(ServerRemains.command(directory));
        Server server = UpCommand.start(config(directory))) {
      signals.atOnce(() -> endNow(server, directory));
      if (once) {
        return runOnce(server, source);
      }
      return follow(server, source, signals);
    } finally {
      Trees.remove(directory);
    }
  }

  /// The second Ctrl-C leaves nothing behind either.
  private static void endNow(Server server, Path directory) {
    server.closeNow();
    try {
      ServerRemains.remove(directory, DataDirectories.runDirectory(directory));
      Trees.remove(DataDirectories.runDirectory(directory));
      Trees.remove(directory);
    } catch (IOException e) {
      System.err.println("ebb: cannot remove " + directory + ": " + e.getMessage());
    }
  }

  private ServerConfig config(Path directory) {
    return new ServerConfig(
            ServerHome.find(),
            directory,
            port,
            ServerConfig.API_PORT,
            ServerConfig.METRICS_PORT,
            true,
            false,
            true,
            "auto",
            false)
        .withContainers(ContainersConfig.of(isolation));
  }

  private int runOnce(Server server, SourceFile source) throws IOException {
    deploy(server, source);
    try (HttpClient.Response response = invoke(server, source)) {
      byte[] answer = response.body().readAllBytes();
      System.out.write(answer, 0, answer.length);
      if (answer.length == 0 || answer[answer.length - 1] != '\n') {
        System.out.println();
      }
      System.out.flush();
      if (response.status() >= 400) {
        spec.commandLine()
            .getErr()
            .println("ebb: the function answered " + response.status() + "; its output:");
        try (InputStream log = log(server, source, false)) {
          log.transferTo(System.err);
        }
        return CliException.FAILED;
      }
      return 0;
    }
  }

  private int follow(Server server, SourceFile source, Signals signals)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long started = System.nanoTime();
    try {
      deploy(server, source);
      out.println(source.functionName() + " is ready after " + millisSince(started) + " ms:");
    } catch (CliException | ApiClient.Refused e) {
      out.println(e.getMessage());
      out.println("Mend the file and save it; it is deployed again.");
    }
    out.println("  " + hostUrl(server, source));
    out.println("  " + pathUrl(server, source));
    out.println("  kubectl --kubeconfig " + server.record().kubeconfig() + " get ksvc,pods");
    out.println();
    out.flush();
    answer(server, source, out);
    out.println();
    out.println("Following its log. It reloads when " + file + " is saved; Ctrl-C ends it.");
    out.flush();
    // What was saved since the first deployment is a change too.
    byte[] deployed = source.text().getBytes(StandardCharsets.UTF_8);
    try (FileChanges changes = new FileChanges(file, deployed)) {
      Thread reloading =
          Thread.ofVirtual().name("ebb-run-reload").start(() -> reload(server, changes, out));
      Thread following =
          Thread.ofVirtual().name("ebb-run-log").start(() -> followLog(server, source));
      signals.await();
      reloading.interrupt();
      following.interrupt();
    }
    return 0;
  }

  private void answer(Server server, SourceFile source, PrintWriter out) throws IOException {
    long started = System.nanoTime();
    try (HttpClient.Response response = invoke(server, source)) {
      byte[] body = response.body().readNBytes(64 * 1024);
      out.println("It answers %d in %d ms:".formatted(response.status(), millisSince(started)));
      out.println(new String(body, StandardCharsets.UTF_8).stripTrailing());
    }
  }

  private void reload(Server server, FileChanges changes, PrintWriter out) {
    try {
      while (true) {
        changes.await();
        long started = System.nanoTime();
        try {
          deploy(server, SourceFile.read(file));
          out.println("-- reloaded in " + millisSince(started) + " ms");
        } catch (CliException | ApiClient.Refused e) {
          out.println("-- not reloaded, the version before goes on: " + e.getMessage());
        }
        out.flush();
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      out.println("-- cannot watch " + file + " any more: " + e.getMessage());
      out.flush();
    }
  }

  private static void followLog(Server server, SourceFile source) {
    try (InputStream log = log(server, source, true)) {
      byte[] buffer = new byte[8192];
      for (int count = log.read(buffer); count >= 0; count = log.read(buffer)) {
        System.out.write(buffer, 0, count);
        System.out.flush();
      }
    } catch (IOException | CliException e) {
      // The server is going: the end of the log is the end of the program.
      System.getLogger(RunCommand.class.getName()).log(System.Logger.Level.DEBUG, "log ended", e);
    }
  }

  private void deploy(Server server, SourceFile source) {
    FunctionManifest manifest =
        new FunctionManifest(
            NAMESPACE,
            source.functionName(),
            source,
            handler,
            environment,
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());
    new FunctionDeployment(
            new ApiClient(server.record().apiSocket()), DEPLOY_SECONDS, spec.commandLine().getErr())
        .deploy(manifest.object());
  }

  private HttpClient.Response invoke(Server server, SourceFile source) throws IOException {
    String body = data;
    return InvokeCommand.send(
        pathUrl(server, source),
        body == null ? "GET" : "POST",
        Map.of(),
        body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream log(Server server, SourceFile source, boolean follow) {
    return new ApiClient(server.record().apiSocket())
        .stream(
            "/apis/serving.knative.dev/v1/namespaces/%s/services/%s/log?follow=%s"
                .formatted(NAMESPACE, source.functionName(), follow));
  }

  private static String hostUrl(Server server, SourceFile source) {
    return server
        .record()
        .gatewayUrl()
        .replace("localhost", source.functionName() + "." + NAMESPACE + ".localhost");
  }

  private static String pathUrl(Server server, SourceFile source) {
    return server.record().gatewayUrl() + "/function/" + source.functionName();
  }

  private static long millisSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
  }
}
