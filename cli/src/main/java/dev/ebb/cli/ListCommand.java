package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ebb ls`.
@Command(
    name = "ls",
    aliases = "list",
    description = "List functions and services.",
    footer = {"", "Example: ebb ls -A"},
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Of all namespaces.")
  private boolean allNamespaces;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ApiClient api = client.api();
    String namespace = allNamespaces ? "" : client.namespace();
    List<KubernetesObject> services = api.list(ResourcePath.services(namespace, ""), "");
    if (output.json()) {
      OutputOption.print(out, services);
      return 0;
    }
    if (services.isEmpty()) {
      String where = allNamespaces ? "" : " in namespace " + namespace;
      out.println("No functions yet" + where + ". Deploy one with: ebb deploy FILE");
      return 0;
    }
    Map<String, Integer> instances = new HashMap<>();
    for (KubernetesObject pod :
        api.list(ResourcePath.pods(namespace), "serving.knative.dev/service")) {
      instances.merge(
          pod.namespace() + "/" + pod.labels().getOrDefault("serving.knative.dev/service", ""),
          1,
          Integer::sum);
    }
    Map<String, String> runtimes = new HashMap<>();
    for (KubernetesObject function : api.list(ResourcePath.functions(namespace, ""), "")) {
      runtimes.put(function.key().toString(), function.spec().path("runtime").asString(""));
    }
    Instant now = Instant.now();
    TextTable table =
        allNamespaces
            ? new TextTable("NAMESPACE", "NAME", "RUNTIME", "READY", "INSTANCES", "AGE", "URL")
            : new TextTable("NAME", "RUNTIME", "READY", "INSTANCES", "AGE", "URL");
    for (KubernetesObject service : services) {
      String[] cells = {
        service.namespace(),
        service.name(),
        runtimes.getOrDefault(service.key().toString(), "-"),
        Readiness.of(service).word(),
        Integer.toString(instances.getOrDefault(service.key().toString(), 0)),
        Ages.age(service.creationTimestamp(), now),
        service.status().path("url").asString("-")
      };
      table.row(allNamespaces ? cells : java.util.Arrays.copyOfRange(cells, 1, cells.length));
    }
    table.print(out);
    return 0;
  }
}
