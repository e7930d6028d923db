package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterpretersTest {
  private static final List<String> PROBE = List.of("--where");

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private Path shims;
  private Interpreters interpreters;

  @BeforeEach
  void aVersionManager() throws IOException {
    shims = Files.createDirectory(directory.resolve("shims"));
    script(
        "language", "echo asked >> " + shims + "/asked; exec $(cat " + shims + "/chosen) \"$@\"");
    choose("1.2");
    interpreters = new Interpreters("relative::" + shims, nanos::get);
  }

  @Test
  void theProgramBehindAScriptIsFoundAndAskedOnce() throws IOException {
    var found = interpreters.find("language").orElseThrow();
    var first = interpreters.ask(found, PROBE);
    assertThat(first.program()).isEqualTo(shims.resolve("real-1.2"));
    assertThat(first.version()).isEqualTo("1.2");
    assertThat(interpreters.ask(found, PROBE)).isEqualTo(first);
    assertThat(asked()).isEqualTo(1);
  }

  @Test
  void anotherChoiceIsSeenAfterAWhile() throws IOException {
    var found = interpreters.find("language").orElseThrow();
    interpreters.ask(found, PROBE);
    choose("1.3");
    nanos.addAndGet(Duration.ofMinutes(9).toNanos());
    assertThat(interpreters.ask(found, PROBE).version()).isEqualTo("1.2");
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(interpreters.ask(found, PROBE).version()).isEqualTo("1.3");
  }

  @Test
  void anotherScriptOrProgramIsSeenAtOnce() throws IOException {
    var found = interpreters.find("language").orElseThrow();
    interpreters.ask(found, PROBE);
    choose("1.3");
    Files.setLastModifiedTime(found, FileTime.from(Instant.now().plusSeconds(10)));
    assertThat(interpreters.ask(found, PROBE).version()).isEqualTo("1.3");
    Files.delete(shims.resolve("real-1.3"));
    choose("1.4");
    assertThat(interpreters.ask(found, PROBE).version()).isEqualTo("1.4");
  }

  @Test
  void aProgramThatKnowsNoProbeIsAskedForItsVersionAndRunAsItWasFound() throws IOException {
    script("old", "[ \"$1\" = --version ] && echo Old 2.7.18 >&2");
    var found = interpreters.find("old").orElseThrow();
    assertThat(interpreters.ask(found, PROBE))
        .isEqualTo(interpreters.ask(found, List.of()))
        .isEqualTo(new Interpreters.Interpreter(found, "2.7.18"));
  }

  @Test
  void whatAnswersNonsenseIsRunAsItWasFound() throws IOException {
    script("odd", "printf 'not/absolute\\n3.1\\n'");
    var found = interpreters.find("odd").orElseThrow();
    assertThat(interpreters.ask(found, PROBE))
        .isEqualTo(new Interpreters.Interpreter(found, "3.1"));
  }

  @Test
  void whatIsNotAProgramIsNotFound() throws IOException {
    Files.writeString(shims.resolve("text"), "");
    assertThat(interpreters.find("text")).isEmpty();
    assertThat(interpreters.find("nothing")).isEmpty();
    assertThat(interpreters.find("/bin/sh")).contains(Path.of("/bin/sh"));
  }

  private void choose(String version) throws IOException {
    script("real-" + version, "echo $0; echo " + version);
    Files.writeString(shims.resolve("chosen"), shims.resolve("real-" + version).toString());
  }

  private void script(String name, String body) throws IOException {
    var file = Files.writeString(shims.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private int asked() throws IOException {
    return Files.readAllLines(shims.resolve("asked")).size();
  }
}
