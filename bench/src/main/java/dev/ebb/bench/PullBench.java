package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// `ebb image pull` and `podman pull` of the same images from the same registry of this machine,
/// turn by turn, from the command to the unpacked image. Each round has a new server and a new
/// storage of Podman; nothing is deleted in between, for ext4 takes long to make files where some
/// were deleted seconds ago, and what was written before is on the disk before the next is timed.
final class PullBench {
  private static final double MEGABYTE = 1e6;

  /// @param megabytes of its files
  private record Image(String name, String label, double megabytes) {}

  /// @param cpu user and system, of the command and of the server that it asks
  private record Cost(double seconds, double cpu) {}

  private final int rounds;
  private final Map<String, List<Cost>> costs = new TreeMap<>();
  private final List<Path> podmans = new ArrayList<>();

  PullBench(int rounds) {
    this.rounds = rounds;
  }

  void run(Report report) throws IOException {
    Path directory = Files.createTempDirectory("ebb-bench-");
    try (Processes processes = new Processes(directory)) {
      String registry = registry(directory, processes);
      // Of each kind two with different bytes, for a server's first pull meets cold code.
      List<Image> first =
          List.of(
              image(directory, registry, "large", 1, 5, 800, 128),
              image(directory, registry, "many", 1, 1, 10_000, 8));
      List<Image> second =
          List.of(
              image(directory, registry, "large", 2, 5, 800, 128),
              image(directory, registry, "many", 2, 1, 10_000, 8));
      for (int round = 0; round < rounds; round++) {
        Progress.step("pulls, round %d of %d".formatted(round + 1, rounds));
        round(directory, round, first, second);
      }
      for (Image image : second) {
        put(report, image, "ebb, first of its server", "first-" + image.label);
        put(report, image, "ebb", "ebb-" + image.label);
        put(report, image, "podman pull", "podman-" + image.label);
      }
    } finally {
      podmans.forEach(
          podman -> Processes.run(ContainerPeers.podman(podman, "system", "reset", "--force")));
      Trees.remove(directory);
    }
  }

  private void round(Path directory, int round, List<Image> first, List<Image> second) {
    for (int kind = 0; kind < first.size(); kind++) {
      Image cold = first.get(kind);
      Image warm = second.get(kind);
      Path data = directory.resolve("ebb-%d-%d".formatted(round, kind));
      try (EbbUp server = new EbbUp(data)) {
        add("first-" + cold.label, ebb(data, server, cold));
        add("ebb-" + warm.label, ebb(data, server, warm));
      }
      // Podman refuses a directory for what runs whose name has more than 50 characters.
      Path podman = directory.resolve("p" + podmans.size());
      podmans.add(podman);
      add(
          "podman-" + warm.label,
          timed(ContainerPeers.podman(podman, "pull", "--quiet", "--tls-verify=false", warm.name)));
    }
  }

  private void add(String key, Cost cost) {
    costs.computeIfAbsent(key, _ -> new ArrayList<>()).add(cost);
  }

  private static Cost ebb(Path data, EbbUp server, Image image) {
    double before = cpuOf(server);
    Cost command =
        timed(
            List.of(
                Main.home().resolve("ebb").toString(),
                "image",
                "pull",
                image.name,
                "--data-dir",
                data.toString()));
    return new Cost(command.seconds, command.cpu + cpuOf(server) - before);
  }

  private static double cpuOf(EbbUp server) {
    return Processes.cpuSeconds(ProcessHandle.of(server.pid()).orElseThrow());
  }

  private static Cost timed(List<String> command) {
    Processes.run(List.of("sync"));
    List<String> shell =
        new ArrayList<>(
            List.of("bash", "-c", "TIMEFORMAT='%R %U %S'; time \"$@\" >/dev/null", "pull"));
    shell.addAll(command);
    String[] words = Processes.run(shell).strip().split("\\s+");
    int end = words.length;
    return new Cost(
        Double.parseDouble(words[end - 3]),
        Double.parseDouble(words[end - 2]) + Double.parseDouble(words[end - 1]));
  }

  private static String registry(Path directory, Processes processes) throws IOException {
    int port = ContainerPeers.freePort();
    Path config =
        Files.writeString(
            directory.resolve("registry.yml"),
            """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: "%s/registry"}}
            http: {addr: "127.0.0.1:%d"}
            """
                .formatted(directory, port));
    Process process =
        processes.start("registry", List.of("docker-registry", "serve", config.toString()));
    Processes.awaitPort(process, port);
    return "127.0.0.1:" + port;
  }

  private static Image image(
      Path directory, String registry, String label, int seed, int layers, int files, int kibibytes)
      throws IOException {
    Progress.step("making the image %s-%d".formatted(label, seed));
    String name = "%s/bench/%s-%d:latest".formatted(registry, label, seed);
    Path place = Files.createDirectories(directory.resolve(label + seed));
    Path archive = StaticImage.files(place, name, seed, layers, files, kibibytes);
    Processes.run(
        List.of(
            "skopeo",
            "copy",
            "--quiet",
            "--dest-tls-verify=false",
            "oci-archive:" + archive,
            "docker://" + name));
    return new Image(name, label, layers * files * (kibibytes * 1024 / MEGABYTE));
  }

  private void put(Report report, Image image, String label, String key) {
    List<Cost> of = costs.getOrDefault(key, List.of());
    double seconds = median(of, Cost::seconds);
    double peer = median(costs.getOrDefault("podman-" + image.label, List.of()), Cost::seconds);
    report
        .row(
            "pull and unpack %s: %.0f MB"
                .formatted(
                    image.label.equals("large") ? "5 layers" : "10,000 files", image.megabytes),
            label)
        .put("seconds", seconds)
        .put("MB/s", image.megabytes / seconds)
        .put("CPU s", median(of, Cost::cpu))
        .put("of podman's throughput", peer / seconds)
        .put("target", 1)
        .put("runs", of.size());
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> of) {
    return new Samples(costs.stream().map(of::applyAsDouble).toList()).median();
  }
}
