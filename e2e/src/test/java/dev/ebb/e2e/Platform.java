package dev.ebb.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real `ebb up` in a directory of its own, on ports of its own, with the clients that talk to
/// it.
final class Platform implements AutoCloseable {
  static final Path HOME = Path.of(System.getProperty("ebb.home"));
  static final Path TOOLS = HOME.resolve("target/tools");

  private final Path root;
  private final List<String> options;
  private Process process;

  private Platform(Path root, List<String> options) {
    this.root = root;
    this.options = options;
    this.process = launch();
  }

  static Platform start(String... options) {
    try {
      return new Platform(Files.createTempDirectory("ebb-e2e-"), List.of(options));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() {
    List<String> words =
        new ArrayList<>(List.of("up", "--api-port=0", "--metrics-port=0", "--https-port=0"));
    words.addAll(options.isEmpty() ? List.of("--port=0") : options);
    try {
      // A shell starts what it runs in the background with SIGINT ignored, nohup does so with
      // SIGHUP,
      // and that is inherited.
      List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
      command.addAll(ebb(words.toArray(String[]::new)).words());
      ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
      builder.environment().putAll(environment());
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(root.resolve("up.out").toFile()));
      Process started = builder.start();
      Awaitility.await("ebb up is ready")
          .pollInterval(Duration.ofMillis(20))
          .until(() -> {
            if (!started.isAlive()) {
              throw new AssertionError("ebb up ended:\n" + output());
            }
            return Files.exists(dataDirectory().resolve("server.json"))
                && record().path("pid").asLong() == started.pid();
          });
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("EBB_SKIP_BUILD", "1");
    environment.put("EBB_DATA_DIR", dataDirectory().toString());
    environment.put("HOME", root.resolve("home").toString());
    environment.put("KUBECONFIG", "");
    return environment;
  }

  Path root() {
    return root;
  }

  Path dataDirectory() {
    return root.resolve("data");
  }

  String output() {
    try {
      return Files.exists(root.resolve("up.out")) ? Files.readString(root.resolve("up.out")) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode record() {
    try {
      return new JsonMapper().readTree(Files.readAllBytes(dataDirectory().resolve("server.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  String gateway() {
    return record().path("gatewayUrl").asString();
  }

  int gatewayPort() {
    return java.net.URI.create(gateway()).getPort();
  }

  String metricsUrl() {
    return record().path("metricsUrl").asString();
  }

  Command ebb(String... words) {
    return command(HOME.resolve("ebb").toString(), words);
  }

  /// The newest kubectl.
  Command kubectl(String... words) {
    return tool("kubectl", "--kubeconfig", kubeconfig()).with(words);
  }

  String kubeconfig() {
    return record().path("kubeconfig").asString();
  }

  /// A client that `.ci/tools` installed, with a home directory of its own and this platform's
  /// kubeconfig as its default.
  Command tool(String name, String... words) {
    Path tool = TOOLS.resolve(name);
    if (!Files.isExecutable(tool)) {
      throw new AssertionError(tool + " is missing: run `bash .ci/tools`");
    }
    return command(tool.toString(), words).with(Map.of("KUBECONFIG", kubeconfig()));
  }

  Command curl(String... words) {
    return command("curl", "--silent", "--show-error", "--max-time", "60").with(words);
  }

  Command command(String program, String... words) {
    List<String> all = new ArrayList<>(List.of(program));
    all.addAll(List.of(words));
    return new Command(all, environment(), root);
  }

  Path write(String name, String text) {
    try {
      return Files.writeString(root.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The number that this machine gives the first process of the only instance in the namespace
  /// `default`; within its container it has another.
  long instancePid() {
    String path = "jsonpath={.items[0].status.containerStatuses[0].containerID}";
    String container = kubectl("get", "pods", "-o", path).run().orFail().out();
    return container.startsWith("process://")
        ? Long.parseLong(container.replaceFirst("^process://", ""))
        : recordedPid();
  }

  /// As the server that comes next would find it.
  private long recordedPid() {
    String name =
        kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}").run().orFail().out();
    try {
      Path record = dataDirectory().resolve("pods").resolve(name + ".json");
      JsonNode containers =
          new JsonMapper().readTree(Files.readAllBytes(record)).path("containers");
      return containers.path(0).path("pid").asLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a crash would end it: no goodbye, and its instances live on.
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void startAgain() {
    process = launch();
  }

  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError("ebb up did not stop within 40 s of SIGTERM:\n" + output());
        }
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          file.toFile().setWritable(true);
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Sets one value of a ConfigMap of Knative's, as an operator does.
  void configure(String configMap, String key, String value) {
    String patch = "{\"data\": {\"%s\": \"%s\"}}".formatted(key, value);
    kubectl("patch", "configmap/" + configMap, "-n", "knative-serving", "--type=merge", "-p", patch)
        .run()
        .orFail();
  }
}
