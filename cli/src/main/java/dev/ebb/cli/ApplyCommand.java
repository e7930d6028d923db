package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.ManifestException;
import dev.ebb.kinds.yaml.ManifestReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
      "All files are read before anything is changed."
    },
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final JsonMapper MAPPER = new JsonMapper();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

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
    ApiClient api = client.api();
    KindDiscovery discovery = new KindDiscovery(api);
    PrintWriter out = spec.commandLine().getOut();
    for (KubernetesObject object : objects) {
      ResourcePath path = discovery.path(object, client.namespace());
      String verb = apply(api, path, object);
      String kind = object.groupVersionKind().kind().toLowerCase(Locale.ROOT);
      String group = path.group().isEmpty() ? "" : "." + path.group();
      out.println(kind + group + "/" + object.name() + " " + verb);
      out.flush();
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
    try {
      if (!Files.isDirectory(path)) {
        return parse(file, Files.readString(path));
      }
      try (Stream<Path> children = Files.list(path)) {
        List<KubernetesObject> objects = new ArrayList<>();
        for (Path child :
            children.filter(it -> it.toString().matches(".*\\.(ya?ml|json)")).sorted().toList()) {
          objects.addAll(parse(child.toString(), Files.readString(child)));
        }
        return objects;
      }
    } catch (NoSuchFileException e) {
      throw new CliException("there is no file %s".formatted(file));
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
