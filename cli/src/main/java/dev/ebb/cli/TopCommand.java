package dev.ebb.cli;

import dev.ebb.cli.TopRow.Use;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Quantity;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `ebb top`.
@Command(
    name = "top",
    description = "Show what services have to do, and their instances, every two seconds.",
    footer = {
      "",
      "INSTANCES is how many are ready, of how many there should be. Times are from a",
      "request's arrival at the gateway to the end of its answer.",
      "",
      "Examples:",
      "  ebb top",
      "  ebb top -A --once",
      "  ebb top -o json"
    },
    mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
  /// As often as the autoscaler decides.
  private static final long INTERVAL_NANOS = 2_000_000_000L;

  /// Of the first look, and of the only one.
  private static final long FIRST_INTERVAL_NANOS = 1_000_000_000L;

  private static final String SERVICE_LABEL = "serving.knative.dev/service";
  private static final String REVISION_LABEL = "serving.knative.dev/revision";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Of all namespaces.")
  private boolean allNamespaces;

  @Option(names = "--once", description = "Show one second and end; so does -o json.")
  private boolean once;

  @Override
  public Integer call() {
    ApiClient api = client.api();
    String namespace = allNamespaces ? "" : client.namespace();
    PrintWriter out = spec.commandLine().getOut();
    boolean drawn = Boolean.getBoolean("ebb.terminal") && !once;
    Block block = new Block(out, TerminalSize::now);
    long before = System.nanoTime();
    List<ScalingState> earlier = ScalingState.read(api, namespace, "");
    for (long pause = FIRST_INTERVAL_NANOS; ; pause = INTERVAL_NANOS) {
      Map<String, Use> uses = uses(api, namespace);
      parkUntil(before + pause);
      List<ScalingState> later = ScalingState.read(api, namespace, "");
      long now = System.nanoTime();
      List<TopRow> rows = TopRow.between(earlier, later, (now - before) / 1e9, uses);
      earlier = later;
      before = now;
      if (output.json()) {
        OutputOption.print(out, json(rows));
      } else if (drawn) {
        block.draw(fitting(rows, block.room()));
      } else {
        lines(rows).forEach(out::println);
        out.flush();
      }
      if (once || output.json()) {
        return 0;
      }
      if (out.checkError()) {
        throw new OutputClosedException();
      }
    }
  }

  private static void parkUntil(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /// What the Pods of revisions use, as `kubectl top pod` has it.
  private static Map<String, Use> uses(ApiClient api, String namespace) {
    Map<String, Use> uses = new HashMap<>();
    ResourcePath path = new ResourcePath("metrics.k8s.io", "v1beta1", "pods", namespace, "");
    for (KubernetesObject pod : api.list(path, SERVICE_LABEL)) {
      String revision = pod.labels().getOrDefault(REVISION_LABEL, "");
      for (JsonNode container : pod.json().path("containers")) {
        JsonNode usage = container.path("usage");
        Use use = new Use(amount(usage, "cpu"), (long) amount(usage, "memory"));
        uses.merge(pod.namespace() + "/" + revision, use, Use::plus);
      }
    }
    return uses;
  }

  private static double amount(JsonNode usage, String resource) {
    return Quantity.parse(usage.path(resource).asString(""))
        .map(quantity -> quantity.value().doubleValue())
        .orElse(0.0);
  }

  /// @param room in lines
  private List<String> fitting(List<TopRow> rows, int room) {
    int headers = 1;
    if (headers + rows.size() <= room) {
      return lines(rows);
    }
    List<TopRow> busiest = TopRow.busiest(rows, Math.max(1, room - headers - 1));
    List<String> lines = new ArrayList<>(lines(busiest));
    lines.add("and %d that do less".formatted(rows.size() - busiest.size()));
    return lines;
  }

  private List<String> lines(List<TopRow> rows) {
    if (rows.isEmpty()) {
      return List.of("No revisions yet. Deploy a function with: ebb deploy FILE");
    }
    String[] headers = {
      "NAMESPACE",
      "REVISION",
      "INSTANCES",
      "REQ/S",
      "P50",
      "P99",
      "IN FLIGHT",
      "QUEUED",
      "CPU",
      "MEMORY"
    };
    TextTable table = TextTable.narrow(cells(headers));
    for (TopRow row : rows) {
      ScalingState state = row.state();
      table.row(
          cells(
              state.namespace(),
              state.revision(),
              state.ready() + "/" + state.desired(),
              LoadView.rate(row.requestsPerSecond()),
              LoadView.millis(row.p50Millis()),
              LoadView.millis(row.p99Millis()),
              Integer.toString(state.inFlight()),
              Integer.toString(state.queued()),
              row.use().map(use -> Math.round(use.cores() * 1000) + "m").orElse("-"),
              row.use().map(use -> (use.memoryBytes() >> 20) + "Mi").orElse("-")));
    }
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text));
    return text.toString().lines().toList();
  }

  private String[] cells(String... all) {
    return allNamespaces ? all : Arrays.copyOfRange(all, 1, all.length);
  }

  private static ObjectNode json(List<TopRow> rows) {
    ObjectNode json = OutputOption.object();
    ArrayNode revisions = json.putArray("revisions");
    for (TopRow row : rows) {
      ScalingState state = row.state();
      ObjectNode one = revisions.addObject();
      one.put("namespace", state.namespace())
          .put("service", state.service())
          .put("name", state.revision())
          .put("actualReplicas", state.ready())
          .put("desiredReplicas", state.desired())
          .put("reason", state.reason())
          .put("requestsPerSecond", row.requestsPerSecond())
          .put("inFlight", state.inFlight())
          .put("queued", state.queued());
      one.putObject("latencyMilliseconds").put("p50", row.p50Millis()).put("p99", row.p99Millis());
      row.use()
          .ifPresent(use ->
              one.putObject("usage")
                  .put("cpu", String.format(Locale.ROOT, "%dm", Math.round(use.cores() * 1000)))
                  .put("memory", (use.memoryBytes() >> 10) + "Ki"));
    }
    return json;
  }
}
