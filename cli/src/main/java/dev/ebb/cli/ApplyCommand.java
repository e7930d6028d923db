package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.ManifestException;
import dev.ebb.kinds.yaml.ManifestReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `ebb apply`.
@Command(
    name = "apply",
    description =
        "Create or change objects as manifests say: Knative Services, Functions, any kind.",
    footer = {
      "",
      "Example: ebb apply -f service.yaml",
      "All files are read, and their kinds looked up, before anything is changed."
    },
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final JsonMapper MAPPER = new JsonMapper();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "A YAML or JSON file, a directory of them, or - for standard input.")
  private List<String> files = List.of();

  @Override
  public Integer call() throws IOException {
    List<KubernetesObject> objects = new ArrayList<>();
    for (String file : files) {
      objects.addAll(read(file));
    }
    if (objects.isEmpty()) {
      throw new CliException(
          "there are no objects in %s (of a directory, *.yaml, *.yml and *.json are read)"
              .formatted(String.join(", ", files)));
    }
    ApiClient api = client.api();
    KindDiscovery discovery = new KindDiscovery(api);
    PrintWriter out = spec.commandLine().getOut();
    List<ResourcePath> paths = new ArrayList<>();
    for (KubernetesObject object : objects) {
      paths.add(discovery.path(object, client.namespace()));
    }
    List<KubernetesObject> applied = new ArrayList<>();
    for (int index = 0; index < objects.size(); index++) {
      KubernetesObject object = objects.get(index);
      ResourcePath path = paths.get(index);
      String verb = apply(api, path, object);
      if (output.json()) {
        api.find(path).ifPresent(applied::add);
        continue;
      }
      String kind = object.groupVersionKind().kind().toLowerCase(Locale.ROOT);
      String group = path.group().isEmpty() ? "" : "." + path.group();
      out.println(kind + group + "/" + object.name() + " " + verb);
      out.flush();
    }
    if (output.json()) {
      OutputOption.print(out, applied);
    }
    return 0;
  }

  private static String apply(ApiClient api, ResourcePath path, KubernetesObject wanted) {
    KubernetesObject annotated = withLastApplied(wanted);
    Optional<KubernetesObject> current = api.find(path);
    if (current.isEmpty()) {
      api.create(path, annotated);
      return "created";
    }
    String last = current.get().annotations().getOrDefault(LAST_APPLIED, "");
    JsonNode lastApplied = last.isEmpty() ? MAPPER.createObjectNode() : MAPPER.readTree(last);
    ObjectNode patch = ThreeWayMerge.patch(lastApplied, annotated.json(), current.get().json());
    // An earlier apply did not list the annotation among what it wanted, so it cannot be removed
    // here.
    if (patch.isEmpty()) {
      return "unchanged";
    }
    api.mergePatch(path, patch);
    return "configured";
  }

  private static KubernetesObject withLastApplied(KubernetesObject wanted) {
    String text = MAPPER.writeValueAsString(wanted.json());
    return wanted.with(
        copy -> copy.withObject("/metadata").withObject("/annotations").put(LAST_APPLIED, text));
  }

  private static List<KubernetesObject> read(String file) throws IOException {
    if (file.equals("-")) {
      return parse("standard input", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    }
    Path path = Path.of(file);
    if (!Files.isDirectory(path)) {
      return parse(file, text(path));
    }
    try (Stream<Path> children = Files.list(path)) {
      List<KubernetesObject> objects = new ArrayList<>();
      for (Path child :
          children.filter(it -> it.toString().matches(".*\\.(ya?ml|json)")).sorted().toList()) {
        objects.addAll(parse(child.toString(), text(child)));
      }
      return objects;
    } catch (IOException e) {
      throw FileErrors.cannotRead(file, e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw FileErrors.cannotRead(file, e);
    }
  }

  private static List<KubernetesObject> parse(String file, String text) {
    try {
      return ManifestReader.read(text);
    } catch (ManifestException e) {
      throw new CliException("%s: %s".formatted(file, e.getMessage()));
    }
  }
}
