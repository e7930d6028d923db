package dev.ebb.node.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // JUnit sets them before each of the runtimes.
@ParameterizedClass
@ValueSource(strings = {"crun", "runc"})
class CrunRuntimeTest {
  @TempDir static Path all;
  static Path directory;
  static Sandboxes sandboxes;

  @Parameter String program = "";

  @BeforeParameterizedClassInvocation
  static void open(String program) throws IOException {
    directory = Files.createDirectory(all.resolve(program));
    sandboxes = new Sandboxes(directory, program);
  }

  @AfterParameterizedClassInvocation
  static void close() throws IOException {
    sandboxes.close();
  }

  @Test
  void itsEndIsTheServersToSee() throws IOException {
    var ended = sandboxes.shell("id; exit 3");
    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.output()).startsWith("uid=0(root) gid=0(root)");
  }

  @ParameterizedTest
  @CsvSource({
    "'', uid=0(root) gid=0(root)",
    "www, 'uid=33(www) gid=34(web) groups=35(more)'",
    "www:root, 'uid=33(www) gid=0(root)'",
    "7:8, uid=7 gid=8",
    "7, uid=7 gid=0(root)"
  })
  void runsAsTheUserOfTheImage(String user, String expected) throws IOException {
    var ended =
        sandboxes.shell("id", spec -> Specs.user(spec, new ContainerUser(user), Security.DEFAULT));
    assertThat(ended.output().strip()).startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "nobody-here, unable to find user nobody-here: no matching entries in /etc/passwd",
    "root:nothing, unable to find group nothing: no matching entries in /etc/group",
    "70000, 'user 70000 is out of range: containers have 0 to 65535'"
  })
  void refusesAUserThatIsNotThere(String user, String message) {
    var spec = Specs.user(sandboxes.spec("/bin/id"), new ContainerUser(user), Security.DEFAULT);
    assertThatThrownBy(() -> sandboxes.runtime().start(spec))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.reason()).isEqualTo(SandboxException.Reason.BAD_USER))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "/bin/nothing, COMMAND_NOT_FOUND, 'exec: \"/bin/nothing\": stat /bin/nothing: no such file or directory'",
    "nothing, COMMAND_NOT_FOUND, 'exec: \"nothing\": executable file not found in $PATH'",
    "/bin/no-program, PERMISSION_DENIED, 'exec: \"/bin/no-program\": permission denied'"
  })
  void saysWhyACommandCannotRun(String command, SandboxException.Reason reason, String message) {
    var spec = sandboxes.spec(command);
    assertThatThrownBy(() -> sandboxes.runtime().start(spec))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
    assertThat(spec.bundle()).doesNotExist();
    assertThat(sandboxes.runtime().left()).doesNotContain(spec.id());
  }

  @Test
  void saysWhichMountHasNoSource() {
    var spec =
        Specs.mounts(
            sandboxes.spec("/bin/id"), Mount.readOnly(directory.resolve("missing"), "/data"));
    assertThatThrownBy(() -> sandboxes.runtime().start(spec))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("/data")
        .hasMessageContaining("missing does not exist");
  }

  @Test
  void mountsWhatItIsGiven() throws IOException {
    Path shown = Files.createDirectory(directory.resolve("shown"));
    Files.writeString(shown.resolve("text"), "seen\n");
    Path kept = Files.createDirectory(directory.resolve("kept"));
    Files.setPosixFilePermissions(
        kept, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    var ended =
        sandboxes.shell(
            "cat /a/b/text; echo no >/a/b/text; echo yes >/kept/file; echo mem >/m/x && cat /m/x",
            spec ->
                Specs.mounts(
                    spec,
                    Mount.readOnly(shown, "/a/b"),
                    Mount.writable(kept, "/kept"),
                    new Mount(new Mount.Memory(OptionalLong.of(1 << 20), 01777), "/m", false)));
    assertThat(ended.output()).contains("seen\n", "Read-only file system", "mem\n");
    assertThat(kept.resolve("file")).hasContent("yes\n");
  }

  @Test
  void whoTakesMoreMemoryThanItsLimitIsEnded() throws IOException {
    var ended =
        sandboxes.shell(
            "exec cat /dev/zero >/dev/shm/full",
            spec -> Specs.resources(spec, OptionalLong.of(16 << 20), OptionalInt.empty()));
    assertThat(ended.code()).isEqualTo(128 + Linux.SIGKILL);
    assertThat(ended.oomKilled()).isTrue();
  }

  @Test
  void hasNoMoreProcessesThanItsLimit() throws IOException {
    var ended =
        sandboxes.shell(
            "i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i + 1)); done",
            spec -> Specs.resources(spec, OptionalLong.empty(), OptionalInt.of(10)));
    assertThat(ended.output()).contains("can't fork");
  }

  @Test
  void tellsWhatAContainerUses() throws IOException {
    var spec = sandboxes.spec("/bin/sleep", "60");
    sandboxes.runtime().start(spec);
    // The runtime's own processes, which made the container, may still be on their way out.
    await()
        .untilAsserted(() -> {
          var usage = sandboxes.runtime().usage(spec.id()).orElseThrow();
          assertThat(usage.processes()).isBetween(1L, 4L);
          assertThat(usage.cpuNanos()).isPositive();
          assertThat(usage.memoryBytes()).isBetween(1L, 64L << 20);
        });
    sandboxes.runtime().delete(spec.id(), spec.bundle());
    assertThat(sandboxes.runtime().usage(spec.id())).isEmpty();
  }

  @Test
  void runsCommandsBesideTheFirst() throws Exception {
    var spec =
        Specs.user(sandboxes.spec("/bin/sleep", "60"), new ContainerUser("www"), Security.DEFAULT);
    sandboxes.runtime().start(spec);
    try (var command =
        sandboxes
            .runtime()
            .exec(spec.id(), List.of("sh", "-c", "id; cat; cat /proc/1/cmdline; exit 4"), false)) {
      command.input().write("given\n".getBytes(UTF_8));
      command.input().close();
      String output = new String(command.output().readAllBytes(), UTF_8);
      assertThat(output).startsWith("uid=33(www)").contains("given\n", "/bin/sleep");
      assertThat(command.await()).isEqualTo(4);
    }
    sandboxes.runtime().delete(spec.id(), spec.bundle());
  }

  @Test
  void aLaterServerFindsAndEndsWhatAnEarlierOneLeft() throws IOException {
    var spec = sandboxes.spec("/bin/sleep", "60");
    var running = sandboxes.runtime().start(spec);
    var later = sandboxes.abandon();
    assertThat(later.left()).contains(spec.id());
    assertThat(later.usage(spec.id())).isPresent();
    later.delete(spec.id(), spec.bundle());
    assertThat(Linux.awaitExit(running.pid()).signal()).isEqualTo(Linux.SIGKILL);
    Linux.reap(running.pid());
    assertThat(later.left()).isEmpty();
    later.delete(spec.id(), spec.bundle());
  }
}
