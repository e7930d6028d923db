package dev.ebb.cli;

import dev.ebb.cli.stack.ImageTag;
import dev.ebb.cli.stack.OpenFaasClient;
import dev.ebb.cli.stack.StackFunction;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ebb deploy`.
@Command(
    name = "deploy",
    description =
        "Deploy a function from a source file, or a new version of it; or those of a stack.yml of"
            + " OpenFaaS.",
    footer = {
      "",
      "Examples:",
      "  ebb deploy hello.py",
      "  ebb deploy hello.js greeter --env GREETING=Hi --scale-max 5",
      "  ebb deploy -f stack.yml --filter 'api-*'",
      "",
      "A version that does not start is told here, and the one before goes on serving."
    },
    mixinStandardHelpOptions = true)
final class DeployCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Mixin private StackOptions stack = new StackOptions();

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description =
          "With -f: latest, or add sha, branch or describe of the git repository to the tags of"
              + " images.")
  private ImageTag tag = ImageTag.LATEST;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The source: .py, .js, .mjs, .cjs.")
  private @Nullable Path file;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The function's name (default: the file's).")
  private @Nullable String name;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "KEY=VALUE",
      description = "An environment variable; may be given several times.")
  private Map<String, String> environment = new LinkedHashMap<>();

  @Option(
      names = "--handler",
      paramLabel = "FUNCTION",
      description = "The function in the file (default: main, handler or handle).")
  private String handler = "";

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "At most so many requests at once in one instance (default: no limit).")
  private @Nullable Integer concurrency;

  @Option(names = "--scale-min", paramLabel = "N", description = "Never fewer instances.")
  private @Nullable Integer scaleMin;

  @Option(names = "--scale-max", paramLabel = "N", description = "Never more instances.")
  private @Nullable Integer scaleMax;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long a request may take (default: 300).")
  private @Nullable Integer timeout;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait until it is ready (default: 60).")
  private int wait = 60;

  @Override
  public Integer call() {
    OptionChecks.atLeast(spec, "--wait", wait, 1);
    if (stack.given() == (file != null)) {
      throw new ParameterException(
          spec.commandLine(), "give either a source file or a stack file with -f");
    }
    return file == null ? deployStack() : deployFile(file);
  }

  private int deployStack() {
    PrintWriter out = spec.commandLine().getOut();
    List<StackFunction> functions = stack.functions();
    try (OpenFaasClient gateway = stack.client(client)) {
      StackDeployment deployment =
          new StackDeployment(
              gateway,
              stack.isLocal() ? Optional.of(client.api()) : Optional.empty(),
              wait,
              spec.commandLine().getErr());
      for (StackFunction function : functions) {
        String done = deployment.deploy(stack.complete(function, tag, environment));
        if (!output.json()) {
          out.println(done);
        }
      }
      if (output.json()) {
        OutputOption.print(out, deployment.done());
      }
    }
    return 0;
  }

  private int deployFile(Path path) {
    SourceFile source = SourceFile.read(path);
    ServerRecord server = client.server();
    FunctionManifest manifest =
        new FunctionManifest(
            client.namespace(),
            name == null ? source.functionName() : name,
            source,
            handler,
            environment,
            optional(concurrency),
            optional(scaleMin),
            optional(scaleMax),
            optional(timeout));
    FunctionDeployment.Outcome outcome =
        new FunctionDeployment(new ApiClient(server.apiSocket()), wait, spec.commandLine().getErr())
            .deploy(manifest.object());
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      OutputOption.print(out, outcome.function().json());
    } else {
      out.println("function " + manifest.name() + " " + outcome.verb() + " and ready");
      out.println("  " + outcome.function().status().path("url").asString(""));
      out.println("  " + FunctionUrls.pathForm(server, manifest.namespace(), manifest.name()));
    }
    return 0;
  }

  private static OptionalInt optional(@Nullable Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
