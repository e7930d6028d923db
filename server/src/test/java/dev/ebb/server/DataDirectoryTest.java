package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataDirectoryTest {
  @TempDir private Path parent = Path.of("");

  @Test
  void aNewDirectoryIsItsOwnersOnly() throws IOException {
    Path root = parent.resolve("a/b");

    try (DataDirectory directory = DataDirectory.open(root)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(directory.runDirectory())))
          .isEqualTo("rwx------");
      assertThat(root.resolve("version")).hasContent("1\n");
    }
  }

  @Test
  void aDirectoryThatOthersCouldReadIsClosedToThem() throws IOException {
    Path root = Files.createDirectory(parent.resolve("open"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));

    DataDirectory.open(root).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
  }

  @Test
  void aSecondServerIsRefusedUntilTheFirstHasEnded() {
    Path root = parent.resolve("data");
    try (DataDirectory first = DataDirectory.open(root)) {
      assertThat(first.root()).isEqualTo(root);
      assertThatThrownBy(() -> DataDirectory.open(root))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("another Ebb server", "ebb stop");
    }
    DataDirectory.open(root).close();
  }

  @Test
  void anOrderlyEndLeavesNoRunDirectory() {
    DataDirectory directory = DataDirectory.open(parent.resolve("data"));

    directory.close();

    assertThat(directory.runDirectory()).doesNotExist();
  }

  @Test
  void aRunDirectoryWithSocketsOfInstancesStays() throws IOException {
    DataDirectory directory = DataDirectory.open(parent.resolve("data"));
    Path socket = Files.createFile(directory.runDirectory().resolve("i/one.sock"));

    directory.close();

    assertThat(socket).exists();
    Files.delete(socket);
    DataDirectory.open(parent.resolve("data")).close();
  }

  @Test
  void aFileInTheWayIsToldWithoutNamesOfClasses() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(StartupException.class)
        .hasMessageContainingAll("there is a file of this name", "--data-dir")
        .hasMessageNotContaining("Exception");
  }

  @ParameterizedTest
  @CsvSource({"2, newer Ebb", "x, no data directory of Ebb", "'', no data directory of Ebb"})
  void aVersionThatIsNotOursIsRefusedAndLeftAsItIs(String version, String message)
      throws IOException {
    Path root = Files.createDirectory(parent.resolve("data"));
    Files.writeString(root.resolve("version"), version);

    assertThatThrownBy(() -> DataDirectory.open(root))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(message);
    assertThat(root.resolve("version")).hasContent(version);
  }

  @Test
  void aFileInItsPlaceIsTold() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "x");

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--data-dir");
    assertThat(file).hasContent("x");
  }
}
