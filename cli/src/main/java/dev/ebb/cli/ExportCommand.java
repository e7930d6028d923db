package dev.ebb.cli;

import dev.ebb.cli.export.KnativeForm;
import dev.ebb.cli.export.OpenFaasDocument;
import dev.ebb.cli.export.OpenFaasForm;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.YamlWriter;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ObjectNode;

/// `ebb export`.
@Command(
    name = "export",
    description = "Write a service as a manifest that can be deployed again, here or elsewhere.",
    footer = {
      "",
      "Examples:",
      "  ebb export bill -n openfaas-fn --as knative | kubectl apply -f -",
      "  ebb export hello --as openfaas > stack.yml; ebb deploy -f stack.yml",
      "",
      "What has no form in the other dialect is named, and nothing is written."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  private static final String BUILT = "function.ebb.dev/";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "NAME", description = "The service.")
  private String name = "";

  @Option(
      names = "--as",
      paramLabel = "DIALECT",
      required = true,
      converter = Dialect.Converter.class,
      description = "knative (a Service), openfaas (a stack file) or openfaas.com/v1 (a Function).")
  private Dialect dialect = Dialect.KNATIVE;

  @Option(
      names = "--leave-out",
      description = "Write it without what has no form; that is named all the same.")
  private boolean leaveOut;

  /// In what form a service is written.
  enum Dialect {
    KNATIVE("knative"),
    STACK("openfaas"),
    FUNCTION("openfaas.com/v1");

    private final String word;

    Dialect(String word) {
      this.word = word;
    }

    /// The words of the command line.
    static final class Converter implements ITypeConverter<Dialect> {
      @Override
      public Dialect convert(String text) {
        for (Dialect dialect : values()) {
          if (dialect.word.equals(text)) {
            return dialect;
          }
        }
        throw new TypeConversionException(
            "\"%s\" is not one of knative, openfaas, openfaas.com/v1".formatted(text));
      }
    }
  }

  @Override
  public Integer call() {
    ServerRecord server = client.server();
    Applications found =
        Applications.find(new ApiClient(server.apiSocket()), client.namespace(), name);
    if (found.function().isPresent()) {
      throw new CliException(
          "%s is built from source, and its image is nowhere but here. Its source: kubectl get functions.ebb.dev %s%s -o yaml"
              .formatted(name, name, client.namespaceOption()));
    }
    KubernetesObject service = found.service().orElseThrow();
    String image = service.spec().at("/template/spec/containers/0/image").asString("");
    if (image.startsWith(BUILT)) {
      warn("the image of %s is nowhere but here: %s".formatted(name, image));
    }
    ObjectNode document =
        switch (dialect) {
          case KNATIVE -> KnativeForm.of(service);
          case STACK, FUNCTION -> openFaas(service, server.gatewayUrl());
        };
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      OutputOption.print(out, document);
    } else {
      out.print(YamlWriter.write(document));
      out.flush();
    }
    return 0;
  }

  private ObjectNode openFaas(KubernetesObject service, String gateway) {
    OpenFaasForm.Result form = OpenFaasForm.of(service);
    List<String> missing = new ArrayList<>(form.missing());
    if (dialect == Dialect.STACK) {
      missing.addAll(OpenFaasDocument.unsayable(form.function()));
    }
    if (!missing.isEmpty()) {
      String named =
          "%s has what a function of OpenFaaS cannot say:%n  %s"
              .formatted(name, String.join(System.lineSeparator() + "  ", missing));
      if (!leaveOut) {
        throw new CliException(
            named + System.lineSeparator() + "Write it without that with --leave-out.");
      }
      warn(named);
    }
    return dialect == Dialect.STACK
        ? OpenFaasDocument.stack(form.function(), gateway)
        : OpenFaasDocument.object(form.function());
  }

  private void warn(String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("ebb: " + text);
    err.flush();
  }
}
