package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Processes of commands and their streams; where they run is another's business.
@Timeout(300)
class InstanceCommandsTest {
  private static final Path FOLDER = Path.of("/");
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

  private final InstanceCommands commands = new InstanceCommands();

  @AfterEach
  void close() {
    commands.close();
  }

  private InstanceCommand start(boolean terminal, String... command) throws IOException {
    return commands.counted(() -> spawn(terminal, List.of(command)));
  }

  private static InstanceCommand spawn(boolean terminal, List<String> command) throws IOException {
    var words = new ArrayList<>(List.of("/usr/bin/env"));
    words.addAll(command);
    CommandDescriptors descriptors =
        terminal ? CommandDescriptors.terminal(Terminal.open()) : CommandDescriptors.pipes();
    try {
      var request = new Spawn.Request(words, ENVIRONMENT, FOLDER, descriptors.childs());
      var started = new CommandProcess(Spawn.start(request), descriptors);
      started.start(() -> {});
      return started;
    } finally {
      descriptors.closeGiven();
    }
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "exit 3, 3", "kill -9 $$, 137"})
  void theExitIsTold(String script, int code) throws Exception {
    try (InstanceCommand command = start(false, "sh", "-c", script)) {
      assertThat(command.await()).isEqualTo(code);
    }
  }

  @Test
  void outputAndErrorsAreApartAndInputEnds() throws Exception {
    try (InstanceCommand command = start(false, "sh", "-c", "cat; echo oops >&2")) {
      try (OutputStream input = command.input()) {
        input.write("hello".getBytes(UTF_8));
      }
      assertThat(text(command.output())).isEqualTo("hello");
      assertThat(text(command.errors())).isEqualTo("oops\n");
      assertThat(command.await()).isZero();
    }
  }

  @Test
  void muchOutputWaitsForItsReader() throws Exception {
    try (InstanceCommand command = start(false, "head", "-c", "5000000", "/dev/zero")) {
      assertThat(command.output().readAllBytes()).hasSize(5_000_000);
      assertThat(command.await()).isZero();
    }
  }

  @Test
  void aTerminalIsControllingAndHasASize() throws Exception {
    try (InstanceCommand command =
        start(true, "sh", "-c", "read line; test -t 1 && stty size </dev/tty; exit 4")) {
      command.resize(132, 43);
      command.input().write("go\n".getBytes(UTF_8));
      command.input().flush();
      assertThat(text(command.output())).contains("43 132");
      assertThat(command.await()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingEndsItWithItsChildren(boolean terminal) throws Exception {
    InstanceCommand command = start(terminal, "sh", "-c", "sleep 1000 & echo $!; wait");
    StringBuilder line = new StringBuilder();
    for (int octet = command.output().read(); octet != '\n'; octet = command.output().read()) {
      line.append((char) octet);
    }
    long child = Long.parseLong(line.toString().strip());
    assertThat(ProcessStat.read(child)).isPresent();
    command.close();
    assertThat(command.await()).isEqualTo(137);
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(ProcessStat.read(child).filter(stat -> stat.state() != 'Z')).isEmpty());
  }

  @Test
  void closingLetsAWriterGoThatNobodyReads() throws Exception {
    InstanceCommand command = start(false, "sleep", "1000");
    Thread closer = Thread.ofVirtual().unstarted(command::close);
    assertThatThrownBy(
            () -> {
              byte[] much = new byte[1 << 20];
              closer.start();
              command.input().write(much);
            })
        .isInstanceOf(IOException.class);
    closer.join();
  }

  @Test
  void thereAreNotMoreThanTheMost() throws Exception {
    for (int i = 0; i < InstanceCommands.MAX; i++) {
      commands.counted(InertCommand::new);
    }
    assertThatThrownBy(() -> commands.counted(InertCommand::new))
        .isInstanceOf(IOException.class)
        .hasMessage("32 commands are running, which is the most");
  }

  @Test
  void oneThatIsClosedMakesRoom() throws Exception {
    for (int i = 0; i < 2 * InstanceCommands.MAX; i++) {
      commands.counted(InertCommand::new).close();
    }
  }

  private static final class InertCommand implements InstanceCommand {
    @Override
    public OutputStream input() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream output() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream errors() {
      return InputStream.nullInputStream();
    }

    @Override
    public void resize(int columns, int rows) {}

    @Override
    public int await() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
