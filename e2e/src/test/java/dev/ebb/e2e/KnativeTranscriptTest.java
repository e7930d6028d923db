package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/// What the documents on Knative Serving have their readers type, with the oldest and the newest
/// kubectl, on images under the documents' own names.
class KnativeTranscriptTest {
  private static final List<Reader> readers = new ArrayList<>();

  @AfterAll
  static void stop() {
    readers.forEach(reader -> reader.platform.close());
  }

  @TestFactory
  Stream<DynamicContainer> steps() throws IOException {
    LookAlikes.needRoot();
    Path folder = ClientLibraryTest.resource("transcripts");
    Transcript transcript =
        Transcript.parse(Files.readString(folder.resolve("knative-serving.txt")));
    return Stream.of("kubectl-oldest", "kubectl")
        .map(kubectl -> {
          Reader reader = new Reader();
          readers.add(reader); // so that its platform ends even when nothing more comes of it
          reader.prepare(kubectl, transcript, folder);
          return DynamicContainer.dynamicContainer(
              kubectl,
              transcript.steps().stream()
                  .map(step -> DynamicTest.dynamicTest(step.name(), reader.types(step))));
        });
  }

  /// Somebody with one version of kubectl and a platform of their own, in a folder with the
  /// document's files.
  private static final class Reader {
    private final Platform platform = Platform.start();

    void prepare(String kubectl, Transcript transcript, Path folder) {
      try {
        Files.createSymbolicLink(
            Files.createDirectories(platform.root().resolve("bin")).resolve("kubectl"),
            Path.of(platform.tool(kubectl).words().getFirst()));
        LookAlikes.helloworldGo(platform);
        LookAlikes.helloNodejs(platform);
        LookAlikes.httpEcho(platform);
        LookAlikes.knativeOperator(platform);
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
            String text = transcript.substitute(Files.readString(file));
            platform.write(file.getFileName().toString(), here(text));
          }
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    Executable types(Transcript.Step step) {
      return () -> {
        String command = here(step.command());
        if (!step.repeat()) {
          Command.Result result = type(command);
          assertThat(result.exitCode()).as(() -> told(step, command, result)).isZero();
          assertThat(step.faults(result.out())).as(() -> told(step, command, result)).isEmpty();
          return;
        }
        Awaitility.await(step.name())
            .pollInterval(Duration.ofMillis(100))
            .untilAsserted(() -> {
              Command.Result result = type(command);
              assertThat(step.faults(result.out() + result.err()))
                  .as(() -> told(step, command, result))
                  .isEmpty();
            });
      };
    }

    private Command.Result type(String command) {
      String path = platform.root().resolve("bin") + ":" + System.getenv("PATH");
      return platform
          .command("bash", "-c", command)
          .with(Map.of("PATH", path, "KUBECONFIG", platform.kubeconfig()))
          .run();
    }

    private static String told(Transcript.Step step, String command, Command.Result result) {
      return "document: %s%ntyped: %s%n%s%n".formatted(step.literal(), command, result);
    }

    /// Fills in what only this platform knows.
    private String here(String text) {
      return text.replace("{port}", Integer.toString(platform.gatewayPort()))
          .replace("{gateway}", platform.gateway());
    }
  }
}
