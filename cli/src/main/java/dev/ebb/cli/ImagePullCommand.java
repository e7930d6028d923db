package dev.ebb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
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

/// `ebb image pull`.
@Command(
    name = "pull",
    description =
        "Pull an image, so that its first start need not. A pull that was interrupted goes on where it"
            + " ended when the command is given again.",
    footer = {
      "",
      "Without --username the logins of podman and docker are used, where there is one",
      "for the image's registry, also those that a credential helper keeps",
      "(credHelpers, credsStore: docker-credential-NAME in PATH).",
      "With -o json each line is a document: state, bytes, total and bytesPerSecond;",
      "the last one has name, digest and bytes.",
      "",
      "Examples:",
      "  ebb image pull ghcr.io/me/hello:v1",
      "  ebb image pull example.com/hello -u me --password-stdin < password"
    },
    mixinStandardHelpOptions = true)
final class ImagePullCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "REF", description = "The image, as in a manifest.")
  private String name = "";

  @Option(
      names = {"-u", "--username"},
      paramLabel = "NAME",
      description = "Who pulls; with --password-stdin.")
  private String username = "";

  @Option(names = "--password-stdin", description = "Read the password from standard input.")
  private boolean passwordStdin;

  @Option(
      names = "--authfile",
      paramLabel = "FILE",
      description =
          "A file of credentials (default: $REGISTRY_AUTH_FILE, the files of podman, then docker's).")
  private @Nullable Path authFile;

  private final PullRate rate = new PullRate(System::nanoTime);

  @Override
  public Integer call() {
    if (username.isEmpty() == passwordStdin) {
      throw new ParameterException(
          spec.commandLine(), "--username and --password-stdin are given together");
    }
    PrintWriter out = spec.commandLine().getOut();
    String target = ImageCommand.PATH + "/pull?name=" + ResourcePath.encode(name);
    ObjectNode credentials = credentials();
    try {
      Progress.during(
          spec.commandLine().getErr(),
          () -> rate.text(name),
          () -> {
            client.api().post(target, credentials, line -> tell(out, line));
            return true;
          });
    } catch (ApiClient.Refused e) {
      throw ImageCommand.failed(e);
    }
    JsonNode end = rate.last();
    if (end.has("error")) {
      throw new CliException(end.path("error").asString(""));
    }
    if (!end.has("digest")) {
      throw new CliException(
          "the server ended before the image was pulled; give the command again to go on",
          CliException.UNREACHABLE);
    }
    if (!output.json()) {
      out.println(
          "image %s pulled (%s)"
              .formatted(end.path("name").asString(""), end.path("digest").asString("")));
      out.flush();
    }
    return 0;
  }

  private void tell(PrintWriter out, JsonNode line) {
    rate.accept(line);
    if (output.json() && !line.has("error")) {
      out.println(rate.json());
      out.flush();
    }
  }

  private ObjectNode credentials() {
    if (passwordStdin) {
      return OutputOption.object().put("username", username).put("password", password());
    }
    Optional<Path> file =
        Optional.ofNullable(authFile).or(() -> RegistryLogins.find(System.getenv()));
    return file.map(path -> RegistryLogins.read(path, name, System.getenv()))
        .orElseGet(OutputOption::object);
  }

  private static String password() {
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          .replaceFirst("\r?\n$", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
