package dev.ebb.cli;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `ebb image load`.
@Command(
    name = "load",
    description =
        "Load images from a tar archive: an OCI layout or what `docker save` writes, plain or gzipped.",
    footer = {
      "",
      "Examples:",
      "  ebb image load hello.tar --name example.com/hello:v1",
      "  docker save hello | ebb image load -"
    },
    mixinStandardHelpOptions = true)
final class ImageLoadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Parameters(paramLabel = "FILE", description = "The archive, or - for standard input.")
  private String file = "";

  @Option(
      names = "--name",
      paramLabel = "REF",
      description = "What to call the image (default: what the archive says).")
  private String name = "";

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ApiClient api = client.api();
    String query = name.isEmpty() ? "" : "?name=" + ResourcePath.encode(name);
    AtomicLong sent = new AtomicLong();
    try (InputStream in = counted(open(), sent)) {
      long length = file.equals("-") ? -1 : Files.size(Path.of(file));
      JsonNode answer =
          Progress.during(
              spec.commandLine().getErr(),
              () -> progress(sent.get(), length),
              () -> api.upload(ImageCommand.PATH + query, in, length));
      for (JsonNode image : answer.path("images")) {
        out.println(
            "image %s loaded (%s)"
                .formatted(image.path("name").asString(""), image.path("digest").asString("")));
      }
      out.flush();
      return 0;
    } catch (ApiClient.Refused e) {
      String from = file.equals("-") ? "standard input" : file;
      throw new CliException(from + ": " + e.getMessage());
    } catch (IOException e) {
      throw FileErrors.cannotRead(file, e);
    }
  }

  private InputStream open() throws IOException {
    if (file.equals("-")) {
      return System.in;
    }
    if (Files.isDirectory(Path.of(file))) {
      throw new CliException(
          "%s is a directory. Send it as an archive: tar -C %s -c . | ebb image load -"
              .formatted(file, file));
    }
    return new BufferedInputStream(Files.newInputStream(Path.of(file)), 256 * 1024);
  }

  private static String progress(long sent, long length) {
    return length < 0
        ? "loading: " + ImageCommand.size(sent)
        : sent < length
            ? "loading: %s of %s".formatted(ImageCommand.size(sent), ImageCommand.size(length))
            : "unpacking";
  }

  private static InputStream counted(InputStream in, AtomicLong count) {
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        count.addAndGet(Math.max(0, read));
        return read;
      }
    };
  }
}
