package dev.ebb.cli;

import dev.ebb.cli.stack.ImageTag;
import dev.ebb.cli.stack.OpenFaasClient;
import dev.ebb.cli.stack.StackFile;
import dev.ebb.cli.stack.StackFunction;
import dev.ebb.kinds.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The options of commands that work on a `stack.yml` of OpenFaaS.
public final class StackOptions {
  private static final String LOCAL_USER = "basic-auth-user";
  private static final String LOCAL_PASSWORD = "basic-auth-password";

  @Option(
      names = {"-f", "--yaml"},
      paramLabel = "STACK",
      description = "A stack.yml of OpenFaaS: its functions, from their images.")
  private @Nullable Path file;

  @Option(
      names = "--filter",
      paramLabel = "GLOB",
      description = "With -f: only functions of such a name, such as 'api-*'.")
  private @Nullable String filter;

  @Option(
      names = "--regex",
      paramLabel = "REGEX",
      description = "With -f: only functions of such a name.")
  private @Nullable String regex;

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "With -f: an OpenFaaS gateway elsewhere (default: the server on this machine, whatever"
              + " the file says).")
  private @Nullable String gateway;

  @Option(names = "--no-substitution", description = "With -f: leave ${NAME} in the file as it is.")
  private boolean literal;

  boolean given() {
    return file != null;
  }

  Path file() {
    return file == null ? Path.of("") : file;
  }

  /// Whether the server on this machine is meant.
  boolean isLocal() {
    return gateway == null;
  }

  /// @throws CliException when none is left
  List<StackFunction> functions() {
    StackFile stack = StackFile.read(file(), literal ? Map.of() : System.getenv());
    List<StackFunction> chosen =
        stack.functions().stream().filter(function -> isChosen(function.name())).toList();
    if (chosen.isEmpty()) {
      throw new CliException(
          "no function of %s is chosen; it has %s"
              .formatted(
                  file(),
                  String.join(", ", stack.functions().stream().map(StackFunction::name).toList())));
    }
    return chosen;
  }

  private boolean isChosen(String name) {
    if (filter != null) {
      PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + filter);
      return glob.matches(Path.of(name));
    }
    try {
      return regex == null || Pattern.compile(regex).matcher(name).find();
    } catch (PatternSyntaxException e) {
      throw new CliException("--regex %s cannot be read: %s".formatted(regex, e.getDescription()));
    }
  }

  /// @param variables win over those of the file
  StackFunction complete(StackFunction function, ImageTag tag, Map<String, String> variables) {
    Path directory = Optional.ofNullable(file().toAbsolutePath().getParent()).orElse(Path.of("/"));
    return function.with(tag.applyTo(function.image(), directory), variables);
  }

  OpenFaasClient client(ClientOptions options) {
    if (gateway != null) {
      return new OpenFaasClient(gateway, remoteCredentials(gateway));
    }
    ServerRecord server = options.server();
    return new OpenFaasClient(
        server.gatewayUrl(), localCredentials(new ApiClient(server.apiSocket())));
  }

  private static String localCredentials(ApiClient api) {
    JsonNode secret =
        api.find(new ResourcePath("", "v1", "secrets", "openfaas", "basic-auth"))
            .orElseThrow(() ->
                new CliException(
                    "the Secret basic-auth of the namespace openfaas is gone; the next `ebb up` makes it"))
            .json()
            .path("data");
    return decoded(secret.path(LOCAL_USER)) + ":" + decoded(secret.path(LOCAL_PASSWORD));
  }

  private static String decoded(JsonNode data) {
    return new String(Base64.getDecoder().decode(data.asString("")), StandardCharsets.UTF_8);
  }

  /// The environment's, else what `faas-cli login` has kept.
  private static String remoteCredentials(String url) {
    String password = System.getenv("OPENFAAS_PASSWORD");
    if (password != null) {
      return System.getenv().getOrDefault("OPENFAAS_USER", "admin") + ":" + password;
    }
    Path config =
        Path.of(
            System.getenv()
                .getOrDefault("OPENFAAS_CONFIG", System.getProperty("user.home") + "/.openfaas"),
            "config.yml");
    if (!Files.isReadable(config)) {
      return "";
    }
    try {
      for (JsonNode login : YamlReader.readAll(Files.readString(config)).getFirst().path("auths")) {
        if (login.path("gateway").asString("").equals(url.replaceAll("/+$", ""))
            && login.path("auth").asString("").equals("basic")) {
          return decoded(login.path("token"));
        }
      }
      return "";
    } catch (IOException e) {
      throw new CliException("%s cannot be read: %s".formatted(config, e.getMessage()));
    }
  }
}
