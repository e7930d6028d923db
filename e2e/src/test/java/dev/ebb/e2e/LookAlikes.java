package dev.ebb.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.images.testing.OciLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Images that behave as those which the documents name, under the same names: a registry is not
/// asked for them. Their programs are static and come from `.ci/tools`.
final class LookAlikes {
  /// What `busybox` is called in images, so that a shell script finds it.
  private static final List<String> COMMANDS =
      List.of("sh", "echo", "sleep", "wget", "cat", "date");

  private LookAlikes() {}

  static void needRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
  }

  /// Answers at `$PORT` with `Hello TARGET!`, as Knative's sample does.
  static void helloworldGo(Platform platform) {
    load(platform, image(platform, "gcr.io/knative-samples/helloworld-go", "lookalike", "hello"));
  }

  /// Answers at `$PORT` with `Hello TARGET`, and takes its time, so that how many requests are in
  /// flight under load is not a matter of who has the processor.
  static void helloNodejs(Platform platform) {
    String name = "mofattah.jfrog.io/docker-quickstart/hello-nodejs";
    load(platform, image(platform, name, "lookalike", "hello", "Hello %s\\n", "20ms"));
  }

  /// Answers at `$HTTP_PORT` with the request as JSON.
  static void httpEcho(Platform platform) {
    load(platform, image(platform, "docker.io/mendhak/http-https-echo", "lookalike", "echo"));
  }

  /// Works for itself and listens nowhere, as far as a client of the API can see.
  static void knativeOperator(Platform platform) {
    String name = "gcr.io/knative-releases/knative.dev/operator/cmd/operator";
    load(platform, image(platform, name, "busybox", "sleep", "1000000"));
  }

  /// Debian's `busybox-static`.
  static void busybox(Platform platform) {
    load(platform, image(platform, "docker.io/library/busybox", "busybox", "env"));
  }

  /// @param program from `.ci/tools`, or a command of this machine
  /// @return the archive of an image that has this one program, and starts it
  static Image image(Platform platform, String name, String program, String... arguments) {
    Path directory = platform.root().resolve("images").resolve(name.replace('/', '_'));
    Path archive = directory.resolve("image.tar");
    if (Files.exists(archive)) { // of another test on the same platform
      return new Image(name, archive);
    }
    try {
      Path bin = Files.createDirectories(directory.resolve("root/bin"));
      Files.createDirectories(directory.resolve("root/tmp"));
      Files.copy(executable(program), bin.resolve(program));
      if (program.equals("busybox")) {
        for (String command : COMMANDS) {
          Files.createSymbolicLink(bin.resolve(command), Path.of(program));
        }
      }
      String[] words = new String[arguments.length + 1];
      words[0] = "/bin/" + program;
      System.arraycopy(arguments, 0, words, 1, arguments.length);
      return new Image(
          name,
          new OciLayout(name + ":latest")
              .layer(directory.resolve("root"))
              .entrypoint(words)
              .write(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  record Image(String name, Path archive) {}

  static void load(Platform platform, Image image) {
    platform.ebb("image", "load", image.archive().toString()).run().orFail();
  }

  private static Path executable(String program) {
    Path tool = Platform.TOOLS.resolve(program);
    if (Files.isExecutable(tool)) {
      return tool;
    }
    for (String folder : System.getenv("PATH").split(":")) {
      Path file = Path.of(folder, program);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new AssertionError(program + " is missing: run `bash .ci/tools`");
  }
}
