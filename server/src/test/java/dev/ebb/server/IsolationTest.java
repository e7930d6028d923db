package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.node.sandbox.SandboxReport.Check;
import dev.ebb.node.sandbox.SandboxReport.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IsolationTest {
  private static final Path CRUN = Path.of("/usr/bin/crun");
  private static final SandboxReport ABLE =
      new SandboxReport(
          List.of(new Check("crun", Status.OK, "crun version 1.8.1, /usr/bin/crun", "")),
          Optional.of(CRUN));
  private static final SandboxReport UNABLE =
      new SandboxReport(
          List.of(new Check("crun", Status.MISSING, "not on the PATH", "apt-get install crun")),
          Optional.empty());

  @Test
  void autoTakesContainersWhereTheyCanBeRun() {
    assertThat(Isolation.AUTO.choose(() -> ABLE)).contains(CRUN);
    assertThat(Isolation.AUTO.choose(() -> UNABLE)).isEmpty();
  }

  @Test
  void aDemandThatCannotBeMetSaysWhatIsMissing() {
    assertThat(Isolation.CONTAINER.choose(() -> ABLE)).contains(CRUN);
    assertThatThrownBy(() -> Isolation.CONTAINER.choose(() -> UNABLE))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--isolation=container: this machine cannot run containers:"
                + " crun: not on the PATH (apt-get install crun)");
  }

  @Test
  void processesDoNotAskTheMachine() {
    assertThat(
            Isolation.PROCESS.choose(() -> {
              throw new AssertionError("asked");
            }))
        .isEmpty();
  }

  @Test
  void theDoctorNamesCures() {
    var text = new StringWriter();
    DoctorCommand.print(new PrintWriter(text, true), UNABLE);
    assertThat(text.toString().lines())
        .containsExactly(
            "NAME             STATUS   FOUND",
            "crun             missing  not on the PATH",
            "                          -> apt-get install crun",
            "",
            "This machine cannot run containers; functions run as plain processes.");
    assertThat(DoctorCommand.json(ABLE).toString())
        .isEqualTo(
            "{\"containers\":true,\"checks\":[{\"name\":\"crun\",\"status\":\"ok\","
                + "\"found\":\"crun version 1.8.1, /usr/bin/crun\",\"cure\":\"\"}]}");
  }
}
