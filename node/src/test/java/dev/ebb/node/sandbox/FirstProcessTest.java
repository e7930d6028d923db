package dev.ebb.node.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.node.Console;
import dev.ebb.node.Linux;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Inputs and terminals of first processes, in real containers.
@Timeout(300)
class FirstProcessTest {
  @TempDir Path directory;
  private Sandboxes sandboxes;

  @BeforeEach
  void open() throws IOException {
    sandboxes = new Sandboxes(directory);
  }

  @AfterEach
  void close() throws IOException {
    if (sandboxes != null) {
      sandboxes.close();
    }
  }

  private static String log(ContainerSpec spec) throws IOException {
    return Files.readString(spec.log());
  }

  private void write(ContainerSpec spec, String text) throws IOException {
    try (OutputStream input = sandboxes.runtime().input(spec.id()).orElseThrow()) {
      input.write(text.getBytes(UTF_8));
    }
  }

  private int end(ContainerSpec spec, RunningContainer running) {
    int code = Linux.awaitExit(running.pid()).code();
    sandboxes.runtime().delete(spec.id(), spec.bundle());
    Linux.reap(running.pid());
    return code;
  }

  @Test
  void anInputForOneEndsWithHim() throws IOException {
    ContainerSpec spec = Specs.input(sandboxes.spec("/bin/cat"), StandardInput.ONCE, false);
    RunningContainer running = sandboxes.runtime().start(spec);
    write(spec, "much\n".repeat(100_000));
    assertThat(end(spec, running)).isZero();
    assertThat(log(spec)).isEqualTo("much\n".repeat(100_000));
  }

  @Test
  void anOpenInputHasManyUsersAndNoEnd() throws IOException {
    ContainerSpec spec =
        Specs.input(
            sandboxes.spec("/bin/sh", "-c", "read a; read b; echo $a $b"),
            StandardInput.OPEN,
            false);
    RunningContainer running = sandboxes.runtime().start(spec);
    write(spec, "one\n");
    sandboxes.abandon();
    write(spec, "two\n");
    assertThat(end(spec, running)).isZero();
    assertThat(log(spec)).isEqualTo("one two\n");
  }

  @Test
  void withoutAnInputItIsAtItsEnd() throws IOException {
    ContainerSpec spec = sandboxes.spec("/bin/cat");
    RunningContainer running = sandboxes.runtime().start(spec);
    assertThat(sandboxes.runtime().input(spec.id())).isEmpty();
    assertThat(end(spec, running)).isZero();
  }

  @Test
  void aTerminalIsTheControllingOne() throws IOException {
    // The signal ends a read, or comes before it.
    String script =
        "trap 'echo caught' INT; test -t 0 && test -t 1 && echo ready;"
            + " until read a && [ -n \"$a\" ]; do :; done; echo $a$a";
    ContainerSpec spec =
        Specs.input(sandboxes.spec("/bin/sh", "-c", script), StandardInput.OPEN, true);
    RunningContainer running = sandboxes.runtime().start(spec);
    Console console = sandboxes.runtime().console(spec.id()).orElseThrow();
    Awaitility.await().until(() -> log(spec).contains("ready"));
    OutputStream input = sandboxes.runtime().input(spec.id()).orElseThrow();
    // Ctrl-C reaches the program as a signal, for which the terminal must be its session's.
    input.write(3);
    Awaitility.await().until(() -> log(spec).contains("caught"));
    input.write("typed\n".getBytes(UTF_8));
    Awaitility.await().until(() -> log(spec).contains("typedtyped"));
    assertThat(end(spec, running)).isZero();
    console.close();
  }

  @Test
  void aTerminalWhoseInputNobodyAskedForReadsNothing() throws IOException {
    ContainerSpec spec = Specs.input(sandboxes.spec("/bin/cat"), StandardInput.NONE, true);
    RunningContainer running = sandboxes.runtime().start(spec);
    assertThat(sandboxes.runtime().input(spec.id())).isEmpty();
    sandboxes.runtime().signal(spec.id(), Linux.SIGKILL);
    assertThat(end(spec, running)).isEqualTo(137);
  }

  @Test
  void whoeverIsInATerminalIsToldThatItIsGone() throws IOException {
    ContainerSpec spec = Specs.input(sandboxes.spec("/bin/cat"), StandardInput.OPEN, true);
    RunningContainer running = sandboxes.runtime().start(spec);
    sandboxes.runtime().console(spec.id()).orElseThrow().close();
    // The first process of a container takes no signal that it has not asked for, but reads no
    // more.
    assertThat(end(spec, running)).isEqualTo(1);
  }
}
