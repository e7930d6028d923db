package dev.ebb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `-d`, `-H` and `-X`, as curl has them: what a request is made of.
final class RequestOptions {
  @Option(
      names = {"-d", "--data"},
      paramLabel = "DATA",
      description = "The body of a request: text, @FILE, or - for standard input.")
  private @Nullable String data;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header; may be given several times.")
  private List<String> headers = List.of();

  @Option(
      names = {"-X", "--method"},
      paramLabel = "METHOD",
      description = "The method (default: POST with a body, GET without).")
  private @Nullable String method;

  String method() {
    return method != null ? method : data == null ? "GET" : "POST";
  }

  /// Reads the file, or standard input to its end.
  ///
  /// @throws CliException when the file cannot be read
  byte[] body(InputStream stdin) throws IOException {
    if (data == null) {
      return new byte[0];
    }
    if (data.equals("-")) {
      return stdin.readAllBytes();
    }
    if (data.startsWith("@")) {
      Path file = Path.of(data.substring(1));
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw FileErrors.cannotRead(file, e);
      }
    }
    return data.getBytes(StandardCharsets.UTF_8);
  }

  /// Those given, and Ebb's `User-Agent` when none is; a name of any case counts once, the last.
  ///
  /// @throws CliException at a header without a colon
  Map<String, String> headers() {
    return headers(headers);
  }

  static Map<String, String> headers(List<String> given) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("User-Agent", "ebb/" + VersionCommand.VERSION);
    for (String header : given) {
      int colon = header.indexOf(':');
      if (colon <= 0) {
        throw new CliException(
            "the header '%s' is not of the form 'NAME: VALUE'".formatted(header));
      }
      headers.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    return headers;
  }
}
