package dev.ebb.server;

import static java.util.stream.Collectors.joining;

import dev.ebb.cli.CliException;
import dev.ebb.cli.InvokeCommand;
import dev.ebb.cli.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;

/// `ebb train`: a short real life of a server, run by the build under `-XX:AOTCacheOutput` so that
/// the JDK records what a start needs (JEP 483, JEP 515). The commands have a cache of their own,
/// trained in a second process against this server: they need a tenth of the classes, and a JVM
/// maps and links all that its cache has.
@Command(
    name = "train",
    hidden = true,
    description =
        "Live through a start, a deploy, some calls and a stop (for the start-up caches).")
final class TrainCommand implements Callable<Integer> {
  private static final int CALLS = 300;

  /// Enough that the JDK keeps profiles of what is done once per start.
  private static final int COLD_STARTS = 16;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final long PAUSE_NANOS = 100_000_000;

  private static final String FUNCTION =
      """
      apiVersion: ebb.dev/v1
      kind: Function
      metadata: {name: cold-%d}
      spec:
        runtime: python
        source: {inline: "def main(): return 'hi'"}
        scaling: {initial: 0}
      ---
      """;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("ebb-train-");
    Path data = directory.resolve("data");
    ServerConfig config =
        new ServerConfig(ServerHome.find(), data, 0, 0, 0, true, true, true, "auto", false)
            .withContainers(ContainersConfig.of(Isolation.AUTO));
    try (Server server = UpCommand.start(config);
        TrainingRegistry registry = new TrainingRegistry()) {
      Files.writeString(
          directory.resolve(TrainCommandsCommand.FUNCTIONS),
          IntStream.range(0, COLD_STARTS).mapToObj(FUNCTION::formatted).collect(joining()));
      int commands = trainCommands(data, registry.image());
      String functions = server.record().gatewayUrl() + "/function/";
      // Where there is no Python they never answer, and the training is that much poorer.
      Instant end = Instant.now().plus(PATIENCE);
      for (int function = 0; function < COLD_STARTS; function++) {
        while (call(functions + "cold-" + function) != 200 && Instant.now().isBefore(end)) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
      for (int call = 0; call < CALLS; call++) {
        call(functions + "hello");
      }
      return commands;
    } finally {
      Trees.remove(directory);
    }
  }

  private static int call(String url) throws IOException {
    try (var response = InvokeCommand.send(url, "GET", Map.of(), new byte[0])) {
      return response.status();
    }
  }

  private static int trainCommands(Path data, String image)
      throws IOException, InterruptedException {
    String dist = System.getProperty("ebb.dist", "");
    if (dist.isEmpty()) {
      throw new CliException("`ebb train` is a step of the launcher's build");
    }
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:AOTCacheOutput=" + Path.of(dist, "commands.aot"),
                "@" + Path.of(dist, "java.args"),
                Main.class.getName(),
                "train-commands",
                data.toString(),
                image))
        .inheritIO()
        .start()
        .waitFor();
  }
}
