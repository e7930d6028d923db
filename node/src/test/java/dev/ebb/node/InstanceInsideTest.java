package dev.ebb.node;

import static dev.ebb.node.ContainerMachine.HELLO;
import static dev.ebb.node.ContainerMachine.container;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// What users do in the containers of an instance, with real ones.
@Timeout(300)
@ParameterizedClass
@ValueSource(strings = {"crun", "runc"})
class InstanceInsideTest {
  private static final InstanceId ID = new InstanceId("4f1c2a90-58d1-4d5e-9d0e-0c5a3b6f7e11");

  @Parameter String runtime = "";
  @TempDir Path directory;
  private ContainerMachine machine;

  @BeforeEach
  void start() throws IOException {
    machine = new ContainerMachine(directory, runtime);
  }

  @AfterEach
  void nothingIsLeft() {
    machine.node.stop(ID);
    machine.close();
  }

  private Instance run(Container... containers) {
    machine.node.run(ID, ContainerMachine.workload(HELLO, "", PodSpec.of(containers)));
    return machine.awaitReady();
  }

  private InstanceCommand exec(String container, boolean terminal, String... command)
      throws IOException {
    return machine.node.run(ID, container, List.of(command), terminal);
  }

  private static String line(InstanceCommand command) throws IOException {
    var line = new StringBuilder();
    for (int octet = command.output().read(); octet >= 0 && octet != '\n'; ) {
      line.append((char) octet);
      octet = command.output().read();
    }
    return line.toString().strip();
  }

  @Test
  void aCommandRunsInTheContainerThatIsNamed() throws Exception {
    run(container("one", "WHO=one exec sleep 1000"), container("two", "exec sleep 1001"));
    try (var command = exec("two", false, "sh", "-c", "cat /proc/1/cmdline; cat; exit 5")) {
      command.input().write(" and input".getBytes(UTF_8));
      command.input().close();
      assertThat(new String(command.output().readAllBytes(), UTF_8))
          .contains("1001")
          .endsWith(" and input");
      assertThat(command.await()).isEqualTo(5);
      assertThat(command.refusal()).isEmpty();
    }
  }

  @Test
  void aTerminalHasASize() throws Exception {
    run(container("one", "exec sleep 1000"));
    // runc says the size a little after the command has begun.
    String script =
        "read line; until busybox stty size | busybox grep 132; do busybox sleep 0.01; done";
    try (var command = exec("one", true, "sh", "-c", script)) {
      command.resize(132, 43);
      command.input().write("go\n".getBytes(UTF_8));
      command.input().flush();
      assertThat(new String(command.output().readAllBytes(), UTF_8)).contains("43 132");
      assertThat(command.await()).isZero();
    }
  }

  @Test
  void closingEndsTheCommandWithItsChildren() throws Exception {
    Instance instance = run(container("one", "exec sleep 1000"));
    var command = exec("one", false, "sh", "-c", "sleep 1002 & echo started; wait");
    assertThat(line(command)).isEqualTo("started");
    command.close();
    await()
        .atMost(ContainerMachine.PATIENCE)
        .untilAsserted(() -> assertThat(commands(instance)).noneMatch(it -> it.contains("1002")));
    assertThat(commands(instance)).anyMatch(it -> it.contains("1000"));
  }

  /// Command lines of the processes in the instance's PID namespace.
  private List<String> commands(Instance instance) throws IOException, InterruptedException {
    try (var command =
        machine.node.run(
            instance.id(),
            "one",
            List.of("sh", "-c", "for one in /proc/[0-9]*; do cat $one/cmdline; echo; done"),
            false)) {
      return new String(command.output().readAllBytes(), UTF_8).lines().toList();
    }
  }

  @Test
  void whatCannotBeRunIsToldWithTheReason() throws Exception {
    run(container("one", "exec sleep 1000"));
    var command = exec("one", false, "no-such-program");
    command.await();
    command.close();
    assertThat(command.refusal())
        .contains("exec: \"no-such-program\": executable file not found in $PATH");
    assertThatThrownBy(() -> exec("other", false, "sh"))
        .isInstanceOf(IOException.class)
        .hasMessage("container not found (\"other\")");
    assertThatThrownBy(() -> machine.node.run(new InstanceId("x"), "one", List.of("sh"), false))
        .isInstanceOf(IOException.class)
        .hasMessage("container not running (x)");
  }

  @Test
  void aContainerThatHasEndedTakesNoCommands() throws Exception {
    // Both together may never be seen to run.
    machine.node.run(
        ID,
        ContainerMachine.workload(
            HELLO,
            "",
            PodSpec.of(container("one", "exec sleep 1000"), container("two", "exit 3"))));
    machine.awaitState(state ->
        state.name().equals("two")
            && state.phase() != ContainerState.Phase.RUNNING
            && state.restarts() > 0);
    machine.node.stop(ID);
    await().atMost(ContainerMachine.PATIENCE).until(() -> machine.node.list().isEmpty());
    assertThatThrownBy(() -> exec("two", false, "sh")).hasMessageContaining("not running");
  }

  @Test
  void portsAreReachedAtAnyOfItsAddresses() throws Exception {
    Instance instance =
        run(
            container(
                "one",
                "httpd -p 127.0.0.1:7001 -h /www; httpd -p 7002 -h /www;"
                    + " httpd -p $(hostname -i):7003 -h /www; exec sleep 1000"));
    assertThat(answer(7001)).contains("hello from busybox");
    assertThat(answer(7002)).contains("hello from busybox");
    assertThat(answer(7003)).contains("hello from busybox");
    assertThat(machine.node.listening(instance.id(), 7002)).isEmpty();
    assertThatThrownBy(() -> machine.node.connect(ID, 7004))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("refused");
  }

  /// The program needs a moment until it listens.
  private String answer(int port) {
    return await()
        .atMost(ContainerMachine.PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              try (SocketChannel channel = machine.node.connect(ID, port)) {
                channel.write(ByteBuffer.wrap("GET /index.html HTTP/1.0\r\n\r\n".getBytes(UTF_8)));
                return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
              }
            },
            text -> !text.isEmpty());
  }
}
