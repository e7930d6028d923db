package dev.ebb.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// A function's source as the user names it: one file whose ending tells the language.
///
/// @param functionName from the file's name: lower case, dashes for what a name may not have
/// @param entrypoint the file's own name, which tracebacks show
public record SourceFile(
    Path path, String functionName, String runtime, String entrypoint, String text) {
  private static final long MAX_BYTES = 1 << 20;

  private static final Map<String, String> RUNTIMES =
      Map.of("py", "python", "js", "nodejs", "mjs", "nodejs", "cjs", "nodejs");

  /// @throws CliException when there is no such file, or no function can be made of it
  public static SourceFile read(Path path) {
    String file = String.valueOf(path.getFileName());
    int dot = file.lastIndexOf('.');
    String runtime = RUNTIMES.get(file.substring(dot + 1).toLowerCase(Locale.ROOT));
    try {
      if (Files.isDirectory(path)) {
        throw new CliException("%s is a directory; name one file".formatted(path));
      }
      if (Files.size(path) > MAX_BYTES) {
        throw new CliException(
            "%s is larger than 1 MiB, the most that a function's source may have".formatted(path));
      }
      String text = Files.readString(path);
      if (runtime == null || dot <= 0) {
        throw new CliException(
            "%s is in no language that Ebb knows by its ending. Known: .py (python), .js .mjs .cjs (nodejs)"
                .formatted(path));
      }
      return new SourceFile(path, name(file.substring(0, dot)), runtime, file, text);
    } catch (NoSuchFileException e) {
      throw new CliException("there is no file %s".formatted(path));
    } catch (CharacterCodingException e) {
      throw new CliException("%s is not text in UTF-8".formatted(path));
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
  }

  /// A DNS label (RFC 1035) that resembles the file's name.
  static String name(String stem) {
    String name =
        stem.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-+$", "");
    return name.isEmpty() ? "function" : name.length() > 50 ? name.substring(0, 50) : name;
  }
}
