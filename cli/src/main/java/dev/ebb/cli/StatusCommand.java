package dev.ebb.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `ebb status`.
@Command(
    name = "status",
    description = "Tell whether a server runs here, and where it listens.",
    footer = {"", "Example: ebb status -o json"},
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Optional<ServerRecord> running = client.running();
    if (output.json()) {
      OutputOption.print(out, json(running));
    } else if (running.isEmpty()) {
      out.println("N" + client.noServer().substring(1));
    } else {
      ServerRecord server = running.get();
      int services =
          new ApiClient(server.apiSocket()).list(ResourcePath.services("", ""), "").size();
      int pods = new ApiClient(server.apiSocket()).list(ResourcePath.pods(""), "").size();
      out.println(
          "Ebb "
              + server.version()
              + " runs, process "
              + server.pid()
              + ", since "
              + server.startedAt());
      out.println("  functions and services  " + server.gatewayUrl());
      out.println("  the same over HTTPS     port " + server.httpsPort());
      out.println("  Kubernetes API          " + server.apiUrl());
      out.println("  image registry          " + registry(server));
      out.println("  metrics                 " + server.metricsUrl());
      out.println("  kubeconfig              " + server.kubeconfig());
      out.println("  data                    " + server.dataDirectory());
      out.println("  services                " + services + ", instances running: " + pods);
    }
    out.flush();
    return running.isPresent() ? 0 : CliException.UNREACHABLE;
  }

  /// As the names of images begin that are pushed to it.
  private static String registry(ServerRecord server) {
    return "localhost:" + URI.create(server.apiUrl()).getPort();
  }

  private ObjectNode json(Optional<ServerRecord> running) {
    ObjectNode json = OutputOption.object();
    json.put("running", running.isPresent())
        .put("dataDirectory", client.dataDirectory().toString());
    running.ifPresent(server ->
        json.put("pid", server.pid())
            .put("version", server.version())
            .put("startedAt", server.startedAt())
            .put("gatewayUrl", server.gatewayUrl())
            .put("httpsPort", server.httpsPort())
            .put("apiUrl", server.apiUrl())
            .put("registry", registry(server))
            .put("metricsUrl", server.metricsUrl())
            .put("kubeconfig", server.kubeconfig().toString()));
    return json;
  }
}
