package dev.ebb.cli;

import dev.ebb.kinds.ChildName;
import dev.ebb.kinds.KubernetesObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `ebb describe`.
@Command(
    name = "describe",
    description =
        "Tell everything about a function or service: state, revisions, instances, scaling.",
    footer = {
      "",
      "Scaling tells the autoscaler's last decisions about each revision, the latest",
      "first, and why they were made; in JSON they are `scaling`, beside the `items`.",
      "",
      "Example: ebb describe hello"
    },
    mixinStandardHelpOptions = true)
final class DescribeCommand implements Callable<Integer> {
  private static final String SERVICE_LABEL = "serving.knative.dev/service";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "NAME", description = "The function or service.")
  private String name = "";

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ServerRecord server = client.server();
    ApiClient api = new ApiClient(server.apiSocket());
    Applications found = Applications.find(api, client.namespace(), name);
    Optional<KubernetesObject> function = found.function();
    Optional<KubernetesObject> service = found.service();
    String selector = SERVICE_LABEL + "=" + name;
    List<KubernetesObject> revisions =
        api.list(ResourcePath.revisions(client.namespace()), selector);
    List<KubernetesObject> pods = api.list(ResourcePath.pods(client.namespace()), selector);
    List<KubernetesObject> events = events(api, revisions, pods);
    if (output.json()) {
      List<KubernetesObject> objects =
          Stream.of(
                  function.stream(),
                  service.stream(),
                  revisions.stream(),
                  pods.stream(),
                  events.stream())
              .flatMap(all -> all)
              .toList();
      ObjectNode list = OutputOption.list(objects);
      list.set("scaling", ScalingState.json(api, client.namespace(), name));
      OutputOption.print(out, list);
      return 0;
    }
    KubernetesObject main = found.main();
    Instant now = Instant.now();
    out.println("Name:       " + name);
    out.println("Namespace:  " + client.namespace());
    function.ifPresent(it -> out.println("Runtime:    " + it.spec().path("runtime").asString("")));
    out.println("Age:        " + Ages.age(main.creationTimestamp(), now));
    service.ifPresent(it -> urls(it, server, out));
    conditions(main, out);
    service.ifPresent(it -> revisions(it, revisions, now, out));
    instances(pods, Readiness.of(main), now, out);
    List<String> decisions =
        ScalingHistory.lines(ScalingState.read(api, client.namespace(), name), now);
    if (!decisions.isEmpty()) {
      out.println("Scaling:");
      decisions.forEach(out::println);
    }
    if (!events.isEmpty()) {
      out.println("Events:");
      EventTable.table(events, now).print(out);
    }
    out.flush();
    return 0;
  }

  /// Of the application and of all that came of it; Pods that have gone are known by their names.
  private List<KubernetesObject> events(
      ApiClient api, List<KubernetesObject> revisions, List<KubernetesObject> pods) {
    List<KubernetesObject> all = api.list(ResourcePath.events(client.namespace()), "");
    Set<String> names = new HashSet<>(Set.of(name));
    pods.forEach(pod -> names.add(pod.name()));
    for (KubernetesObject revision : revisions) {
      names.add(revision.name());
      String deployment = ChildName.of(revision.name(), "-deployment");
      names.add(deployment);
      for (KubernetesObject event : all) {
        String about = event.json().path("involvedObject").path("name").asString("");
        if (about.startsWith(deployment + "-")) {
          names.add(about);
        }
      }
    }
    return EventTable.latest(all, names);
  }

  private void urls(KubernetesObject service, ServerRecord server, PrintWriter out) {
    out.println("URL:        " + service.status().path("url").asString("(not yet)"));
    out.println("            " + FunctionUrls.pathForm(server, client.namespace(), name));
  }

  private static void conditions(KubernetesObject main, PrintWriter out) {
    if (main.status().path("conditions").isEmpty()) {
      out.println("Conditions: none yet");
      return;
    }
    out.println("Conditions:");
    TextTable table = new TextTable("  TYPE", "STATUS", "REASON", "MESSAGE");
    for (JsonNode condition : main.status().path("conditions")) {
      table.row(
          "  " + condition.path("type").asString(""),
          condition.path("status").asString(""),
          condition.path("reason").asString(""),
          condition.path("message").asString("").lines().findFirst().orElse(""));
    }
    table.print(out);
    String whole = Readiness.of(main).message().strip();
    if (whole.indexOf('\n') >= 0) {
      out.println("Why:");
      whole.lines().forEach(line -> out.println("  " + line));
    }
  }

  private static void revisions(
      KubernetesObject service, List<KubernetesObject> revisions, Instant now, PrintWriter out) {
    if (revisions.isEmpty()) {
      out.println("Revisions:  none yet");
      return;
    }
    out.println("Revisions:");
    TextTable table = new TextTable("  NAME", "TRAFFIC", "READY", "AGE");
    for (KubernetesObject revision : revisions) {
      long percent = 0;
      for (JsonNode target : service.status().path("traffic")) {
        if (target.path("revisionName").asString("").equals(revision.name())) {
          percent += target.path("percent").asLong(0);
        }
      }
      table.row(
          "  " + revision.name(),
          percent + "%",
          Readiness.of(revision).word(),
          Ages.age(revision.creationTimestamp(), now));
    }
    table.print(out);
  }

  private static void instances(
      List<KubernetesObject> pods, Readiness readiness, Instant now, PrintWriter out) {
    if (pods.isEmpty()) {
      // What cannot start is not at rest.
      out.println("Instances:  none" + (readiness.ready() ? " (scaled to zero)" : ""));
      return;
    }
    out.println("Instances:");
    TextTable table = new TextTable("  NAME", "PHASE", "AGE", "STARTED IN");
    for (KubernetesObject pod : pods) {
      table.row(
          "  " + pod.name(),
          pod.status().path("phase").asString(""),
          Ages.age(pod.creationTimestamp(), now),
          pod.annotations().getOrDefault("ebb.dev/startup", "-"));
    }
    table.print(out);
  }
}
