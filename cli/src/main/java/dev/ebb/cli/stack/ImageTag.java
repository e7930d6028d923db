package dev.ebb.cli.stack;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What faas-cli's `--tag` adds to the tags of images, from the git repository of the stack file:
/// `IMAGE:1` with `sha` is `IMAGE:1-3f2a91c`.
public enum ImageTag {
  LATEST,
  SHA,
  BRANCH,
  DESCRIBE;

  private static final long GIT_SECONDS = 10;

  /// @param directory within the repository
  /// @throws CliException where git does not know
  public String applyTo(String image, Path directory) {
    if (this == LATEST) {
      return image;
    }
    boolean tagged = image.lastIndexOf(':') > image.lastIndexOf('/');
    return (tagged ? image : image + ":latest") + "-" + suffix(directory);
  }

  private String suffix(Path directory) {
    return switch (this) {
      case SHA, LATEST -> sha(directory);
      case BRANCH ->
          git(directory, "rev-parse", "--abbrev-ref", "HEAD").replace('/', '-')
              + "-"
              + sha(directory);
      case DESCRIBE -> git(directory, "describe", "--tags", "--always");
    };
  }

  private static String sha(Path directory) {
    return git(directory, "rev-parse", "--short", "HEAD");
  }

  private static String git(Path directory, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      git.getOutputStream().close();
      String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (git.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0) {
        return out;
      }
      git.destroyForcibly();
    } catch (IOException e) {
      throw new CliException("--tag needs git: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new CliException(
        "--tag needs a git repository with a commit: `%s` failed"
            .formatted(String.join(" ", command)));
  }
}
