package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Knative Serving with ten thousand services: how fast a step of load is met, what the autoscaler
/// costs, how fast a changed route is in force, and what an idle service needs in memory.
final class ServingBench {
  static final String SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services";

  private final int rounds;
  private final int services;

  /// @param services at least ten
  ServingBench(int rounds, int services) {
    this.rounds = rounds;
    this.services = services;
  }

  void run(Report report) throws IOException {
    new AutoscalerBench().run(report);
    Path directory = Files.createTempDirectory("ebb-bench-");
    try {
      StaticImage image = StaticImage.hello(directory);
      try (EbbUp server = new EbbUp(directory.resolve("step"))) {
        load(server, image);
        new ReactionBench(rounds).run(report, server, image);
      }
      new IdleServices(directory, image, services).run(report);
    } finally {
      Trees.remove(directory);
    }
  }

  static void load(EbbUp server, StaticImage image) {
    server.command("image", "load", image.archive().toString(), "--name", image.name());
  }

  /// @param annotations of the template, by their names in `autoscaling.knative.dev/`
  static String service(
      String name,
      StaticImage image,
      int concurrency,
      Map<String, String> annotations,
      Map<String, String> environment) {
    StringBuilder scaling = new StringBuilder();
    annotations.forEach((key, value) -> entry(scaling, "autoscaling.knative.dev/" + key, value));
    StringBuilder variables = new StringBuilder();
    environment.forEach((key, value) ->
        variables
            .append(variables.isEmpty() ? "" : ",")
            .append("{\"name\":\"%s\",\"value\":\"%s\"}".formatted(key, value)));
    return """
    {"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"name":"%s"},\
    "spec":{"template":{"metadata":{"annotations":{%s}},"spec":{"containerConcurrency":%d,\
    "containers":[{"image":"%s","env":[%s]}]}}}}\
    """
        .formatted(name, scaling, concurrency, image.name(), variables);
  }

  private static void entry(StringBuilder object, String key, String value) {
    object.append(object.isEmpty() ? "" : ",").append("\"%s\":\"%s\"".formatted(key, value));
  }
}
