package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.cli.VersionCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void theProgramSaysTheVersionOfItsBuild() throws IOException {
    String pom = Files.readString(Path.of(System.getProperty("ebb.home"), "pom.xml"));

    assertThat(pom).contains("<version>" + VersionCommand.VERSION + "</version>");
  }
}
