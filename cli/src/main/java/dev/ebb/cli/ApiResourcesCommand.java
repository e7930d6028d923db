package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `ebb api-resources`.
@Command(
    name = "api-resources",
    description = "List the kinds of objects that the server has.",
    footer = {
      "",
      "Examples:",
      "  ebb api-resources",
      "  ebb api-resources --api-group serving.knative.dev -o wide",
      "  ebb api-resources --namespaced false --verbs list,get -o name"
    },
    mixinStandardHelpOptions = true)
final class ApiResourcesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  /// The forms of output.
  enum Format {
    TEXT,
    WIDE,
    NAME,
    JSON
  }

  @Option(
      names = "--api-group",
      paramLabel = "GROUP",
      description = "Of this group only; \"\" is the core group.")
  private @Nullable String group;

  @Option(
      names = "--namespaced",
      arity = "1",
      paramLabel = "true|false",
      description = "Only those that are in namespaces, or that are not.")
  private @Nullable Boolean namespaced;

  @Option(
      names = "--verbs",
      paramLabel = "VERB",
      split = ",",
      description = "Only those that support all of these verbs.")
  private List<String> verbs = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "text, wide, name or json (default: text).")
  private Format format = Format.TEXT;

  @Override
  public Integer call() {
    List<ApiResource> found =
        ApiResource.discover(client.api()).stream()
            .filter(resource -> group == null || resource.group().equals(group))
            .filter(resource -> namespaced == null || resource.namespaced() == namespaced)
            .filter(resource -> resource.verbs().containsAll(verbs))
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case TEXT -> table(found, /* wide= */ false).print(out);
      case WIDE -> table(found, /* wide= */ true).print(out);
      case NAME -> found.forEach(resource -> out.println(resource.qualifiedName()));
      case JSON -> OutputOption.print(out, json(found));
    }
    out.flush();
    return 0;
  }

  private static TextTable table(List<ApiResource> resources, boolean wide) {
    TextTable table =
        wide
            ? new TextTable(
                "NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "VERBS", "CATEGORIES")
            : new TextTable("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND");
    for (ApiResource resource : resources) {
      String shortNames = String.join(",", resource.shortNames());
      String inNamespaces = Boolean.toString(resource.namespaced());
      if (wide) {
        table.row(
            resource.name(),
            shortNames,
            resource.apiVersion(),
            inNamespaces,
            resource.kind(),
            String.join(",", resource.verbs()),
            String.join(",", resource.categories()));
      } else {
        table.row(
            resource.name(), shortNames, resource.apiVersion(), inNamespaces, resource.kind());
      }
    }
    return table;
  }

  /// As the API itself would list them.
  private static ObjectNode json(List<ApiResource> resources) {
    ObjectNode list = OutputOption.object();
    list.put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", "");
    ArrayNode all = list.putArray("resources");
    for (ApiResource resource : resources) {
      ObjectNode entry =
          all.addObject()
              .put("name", resource.name())
              .put("namespaced", resource.namespaced())
              .put("group", resource.group())
              .put("version", resource.version())
              .put("kind", resource.kind());
      resource.verbs().forEach(entry.putArray("verbs")::add);
      resource.shortNames().forEach(entry.putArray("shortNames")::add);
      resource.categories().forEach(entry.putArray("categories")::add);
    }
    return list;
  }
}
