package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFileTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "hello.py, hello, python",
    "My_Function.js, my-function, nodejs",
    "2fast.mjs, fast, nodejs",
    "a.b.cjs, a-b, nodejs",
    "---.py, function, python"
  })
  void theNameAndTheLanguageComeFromTheFilesName(String file, String name, String runtime)
      throws IOException {
    SourceFile source = SourceFile.read(Files.writeString(directory.resolve(file), "x"));

    assertThat(source.functionName()).isEqualTo(name);
    assertThat(source.runtime()).isEqualTo(runtime);
    assertThat(source.entrypoint()).isEqualTo(file);
  }

  @ParameterizedTest
  @CsvSource({
    "nothere.py, there is no file",
    "hello.rb, is in no language",
    "py, is in no language",
    "large.py, larger than 1 MiB",
    "latin.py, is not text in UTF-8",
    "folder.py, is a directory"
  })
  void whatIsNoFunctionIsTold(String file, String message) throws IOException {
    Path path = directory.resolve(file);
    switch (file) {
      case "large.py" -> Files.write(path, new byte[(1 << 20) + 1]);
      case "latin.py" -> Files.write(path, new byte[] {(byte) 0xe9});
      case "folder.py" -> Files.createDirectory(path);
      case "nothere.py" -> {}
      default -> Files.writeString(path, "x");
    }

    assertThatThrownBy(() -> SourceFile.read(path))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(file);
  }

  @Test
  void aLongNameIsCutToWhatAServiceMayHave() {
    assertThat(SourceFile.name("x".repeat(80))).hasSize(50);
  }
}
