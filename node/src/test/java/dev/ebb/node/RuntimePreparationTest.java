package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimePreparationTest {
  @TempDir Path directory;
  private Path program;
  private Path folder;
  private Path kept;
  private Runtimes runtimes;

  @BeforeEach
  void aRuntime() throws IOException {
    folder = Files.createDirectories(directory.resolve("runtimes/language"));
    describe("\"prepare\": [\"keep\", \"here\"],");
    program = Files.createDirectory(directory.resolve("bin")).resolve("language");
    kept = directory.resolve("kept");
    interpreter("2.1", "pwd >> " + kept);
    runtimes =
        new Runtimes(
            directory, new Interpreters(directory.resolve("bin").toString(), System::nanoTime));
  }

  private void describe(String prepare) throws IOException {
    Files.writeString(
        folder.resolve("runtime.json"),
        "{\"name\": \"language\", %s \"command\": [\"language\"]}".formatted(prepare));
  }

  private void interpreter(String version, String onKeep) throws IOException {
    Files.writeString(
        program,
        """
        #!/bin/sh
        [ "$1" = --version ] && echo %s
        [ "$*" = "keep here" ] && { %s; }
        """
            .formatted(version, onKeep));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.setLastModifiedTime(
        program, FileTime.from(Instant.ofEpochSecond(version.hashCode() & 0xffff)));
  }

  private List<String> kept() throws IOException {
    return Files.exists(kept) ? Files.readAllLines(kept) : List.of();
  }

  @Test
  void itIsDoneInTheRuntimesFolderOncePerInterpreter() throws IOException {
    runtimes.resolve("language");
    runtimes.resolve("language");
    assertThat(kept()).containsExactly(folder.toString());
    interpreter("2.2", "pwd >> " + kept);
    runtimes.resolve("language");
    runtimes.resolve("language");
    assertThat(kept()).containsExactly(folder.toString(), folder.toString());
  }

  @Test
  void otherFilesOfTheRuntimeAreAnotherReason() throws IOException {
    runtimes.resolve("language");
    assertThat(kept()).hasSize(1);
    Files.writeString(folder.resolve("more"), "changed");
    runtimes.resolve("language");
    assertThat(kept()).hasSize(2);
  }

  @Test
  void aRuntimeMayHaveNone() throws IOException {
    describe("");
    runtimes.resolve("language");
    assertThat(kept()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo no room >&2; exit 1", "exit 3", "kill -9 $$"})
  void whereItFailsFunctionsRunAllTheSame(String onKeep) throws IOException {
    interpreter("2.3", onKeep);
    assertThat(runtimes.resolve("language").command()).containsExactly(program.toString());
  }

  @Test
  void pythonKeepsTheByteCodeOfItsRuntime() throws IOException {
    Path home = Path.of("..");
    Path copy = Files.createDirectories(directory.resolve("home/runtimes/python"));
    try (var files = Files.walk(home.resolve("runtimes/python"))) {
      for (Path file :
          files.filter(it -> !it.toString().contains("__pycache__")).skip(1).toList()) {
        Files.copy(file, copy.resolve(home.resolve("runtimes/python").relativize(file)));
      }
    }
    new Runtimes(
            directory.resolve("home"), new Interpreters(System.getenv("PATH"), System::nanoTime))
        .resolve("python");
    try (var kept = Files.list(copy.resolve("ebbruntime/__pycache__"))) {
      assertThat(kept.map(it -> it.getFileName().toString().split("\\.", -1)[0]))
          .contains("main", "loop", "protocol", "failures");
    }
  }
}
