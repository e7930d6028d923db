package dev.ebb.cli;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.rbac.RbacKinds;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `ebb token create`.
@Command(
    name = "create",
    description = "Make a token of a ServiceAccount, and give it a role.",
    footer = {
      "",
      "Examples:",
      "  ebb token create ci --role edit        a token that deploys in one namespace",
      "  ebb token create ci --duration 720h    another one, for a month",
      "  ebb token create jane --role view -o kubeconfig > jane.yaml",
      "",
      "With --role the ServiceAccount is made when it is missing, and bound to the role",
      "in the namespace. The token cannot be read again; deleting the ServiceAccount",
      "voids all of its tokens."
    },
    mixinStandardHelpOptions = true)
final class TokenCreateCommand implements Callable<Integer> {
  /// What the API takes.
  private static final Duration SHORTEST = Duration.ofMinutes(10);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  /// The forms of output.
  enum Format {
    TEXT,
    JSON,
    KUBECONFIG
  }

  @Parameters(paramLabel = "NAME", description = "The ServiceAccount.")
  private String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Bind a ClusterRole in the namespace: view, edit, admin, or another.")
  private @Nullable String role;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "1h",
      description = "How long it is good, 10m or more: 30m, 24h (default: 1h).")
  private String duration = "1h";

  @Option(
      names = "--audience",
      paramLabel = "NAME",
      description = "Whom it is for, if not this server. May be repeated.")
  private List<String> audiences = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "text: the token; json: the TokenRequest; kubeconfig (default: text).")
  private Format format = Format.TEXT;

  @Override
  public Integer call() throws Exception {
    long seconds = seconds();
    ServerRecord server = client.server();
    ApiClient api = new ApiClient(server.apiSocket());
    if (role != null) {
      bind(api, role);
    }
    ObjectNode request = OutputOption.object();
    request.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
    ObjectNode wanted = request.putObject("spec").put("expirationSeconds", seconds);
    audiences.forEach(wanted.withArray("audiences")::add);
    JsonNode made = request(api, request);
    PrintWriter out = spec.commandLine().getOut();
    String token = made.at("/status/token").asString("");
    switch (format) {
      case TEXT -> out.println(token);
      case JSON -> OutputOption.print(out, made);
      case KUBECONFIG ->
          out.print(
              KubeconfigFile.text(
                  KubeconfigFile.withToken(
                      KubeconfigFile.parse(
                          server.kubeconfig().toString(), Files.readString(server.kubeconfig())),
                      token,
                      client.namespace())));
    }
    out.flush();
    return 0;
  }

  private JsonNode request(ApiClient api, ObjectNode request) {
    ResourcePath path = new ResourcePath("", "v1", "serviceaccounts", client.namespace(), name);
    try {
      return api.post(path.object() + "/token", request);
    } catch (ApiClient.Refused refused) {
      if (refused.code() == 404) {
        throw new CliException(
            "%s. Make it, with a role, by: ebb token create %s -n %s --role view"
                .formatted(refused.getMessage(), name, client.namespace()));
      }
      throw refused;
    }
  }

  private long seconds() {
    Duration time =
        GoDuration.parse(duration)
            .orElseThrow(() ->
                new ParameterException(
                    spec.commandLine(),
                    "--duration is a time such as 30m or 24h, not \"%s\"".formatted(duration)));
    if (time.compareTo(SHORTEST) < 0) {
      throw new ParameterException(
          spec.commandLine(), "--duration must be at least 10m, not " + duration);
    }
    return time.toSeconds();
  }

  private void bind(ApiClient api, String role) {
    String namespace = client.namespace();
    ensure(
        api,
        new ResourcePath("", "v1", "serviceaccounts", namespace, name),
        KubernetesObject.of(CoreKinds.SERVICE_ACCOUNT.type(), new ObjectKey(namespace, name)));
    GroupVersionKind type = RbacKinds.ROLE_BINDING.type();
    String binding = name + "-" + role;
    ensure(
        api,
        new ResourcePath(type.group(), type.version(), "rolebindings", namespace, binding),
        KubernetesObject.of(type, new ObjectKey(namespace, binding))
            .with(json -> {
              json.putObject("roleRef")
                  .put("apiGroup", type.group())
                  .put("kind", "ClusterRole")
                  .put("name", role);
              json.putArray("subjects")
                  .addObject()
                  .put("kind", "ServiceAccount")
                  .put("name", name)
                  .put("namespace", namespace);
            }));
  }

  /// What is made is told beside the token, not in it.
  private void ensure(ApiClient api, ResourcePath path, KubernetesObject object) {
    if (api.find(path).isPresent()) {
      return;
    }
    api.create(path, object);
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "ebb: made %s %s in namespace %s"
            .formatted(object.groupVersionKind().kind(), object.name(), object.namespace()));
    err.flush();
  }
}
