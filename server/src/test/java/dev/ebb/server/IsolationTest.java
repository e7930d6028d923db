package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.node.network.NetworkStatus;
import dev.ebb.node.network.Subnet;
import dev.ebb.node.sandbox.OciRuntime;
import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.node.sandbox.SandboxReport.Check;
import dev.ebb.node.sandbox.SandboxReport.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class IsolationTest {
  private static final OciRuntime CRUN = OciRuntime.crun(Path.of("/usr/bin/crun"));
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
    assertThat(Isolation.AUTO.choose(false, () -> ABLE)).contains(CRUN);
    assertThat(Isolation.AUTO.choose(false, () -> UNABLE)).isEmpty();
  }

  @Test
  void aDemandThatCannotBeMetSaysWhatIsMissing() {
    assertThat(Isolation.CONTAINER.choose(true, () -> ABLE)).contains(CRUN);
    assertThatThrownBy(() -> Isolation.CONTAINER.choose(true, () -> UNABLE))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "this machine cannot run containers:"
                + " crun: not on the PATH (apt-get install crun)");
  }

  @Test
  void processesDoNotAskTheMachine() {
    assertThat(
            Isolation.PROCESS.choose(
                false,
                () -> {
                  throw new AssertionError("asked");
                }))
        .isEmpty();
  }

  @Test
  void theDoctorNamesCures() {
    var text = new StringWriter();
    DoctorCommand.print(new PrintWriter(text, true), UNABLE, Optional.empty());
    assertThat(text.toString().lines())
        .containsExactly(
            "NAME             STATUS   FOUND",
            "crun             missing  not on the PATH",
            "                          -> apt-get install crun",
            "",
            "This machine cannot run containers; functions run as plain processes.");
    assertThat(DoctorCommand.json(ABLE, Optional.empty()).toString())
        .isEqualTo(
            "{\"containers\":true,\"checks\":[{\"name\":\"crun\",\"status\":\"ok\","
                + "\"found\":\"crun version 1.8.1, /usr/bin/crun\",\"cure\":\"\"}]}");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "--instance-subnet 10.0.0.1/16, --instance-subnet: 10.0.0.1/16 has bits behind its prefix",
        "--instance-subnet x, --instance-subnet: x is no IPv4 subnet",
        "--instance-subnet 10.0.0.0/25, \"--instance-subnet: instances need a subnet of at least 256"
            + " addresses, not 10.0.0.0/25\"",
        "--instance-subnet 169.0.0.0/8, \"--instance-subnet: 169.0.0.0/8 overlaps 169.254.0.0/16,"
            + " where no instance can be\"",
        "--standbys -1, --standbys: -1 is less than 0",
        "--isolation maybe, \"--isolation: 'maybe' is none of auto, container, process\"",
        "--allow-host-path nowhere/at/all, --allow-host-path nowhere/at/all: there is no /",
        "--expose-host-port 99999, --expose-host-port 99999: it is a number up to 65535",
        "--no-egress --isolation process, \"--no-egress needs containers: with --isolation=process"
            + " instances have the machine's network\"",
        "--instance-subnet 10.0.0.0/16 --isolation process, \"--instance-subnet needs containers: with"
            + " --isolation=process instances have the machine's network\"",
      })
  void whatCannotBeIsRefusedBeforeTheStart(String options, String message) {
    var errors = new StringWriter();
    CommandLine ebb = Main.commandLine().setErr(new PrintWriter(errors, true));
    List<String> words = new ArrayList<>(List.of("up", "--data-dir", "/nonexistent/ebb"));
    words.addAll(List.of(options.split(" ")));
    assertThat(ebb.execute(words.toArray(String[]::new))).isEqualTo(2);
    assertThat(errors.toString()).contains(message);
  }

  @Test
  void whatIsAskedForIsDemanded() {
    assertThat(ContainersConfig.DEFAULT.demanded()).isFalse();
    assertThat(ContainersConfig.of(Isolation.CONTAINER).demanded()).isTrue();
    assertThat(new ContainersConfig(Isolation.AUTO, "", Optional.empty(), false).demanded())
        .as("no egress")
        .isTrue();
    assertThat(new ContainersConfig(Isolation.AUTO, "runc", Optional.empty(), true).demanded())
        .isTrue();
  }

  @Test
  void theDoctorTellsWhatIsInForce() throws Exception {
    var network =
        new NetworkStatus(
            Subnet.parse("100.64.0.0/19"),
            Inet4Address.ofLiteral("100.64.0.1"),
            false,
            List.of(),
            2,
            5,
            32);
    assertThat(DoctorEndpoint.of(network))
        .extracting(it -> it.name() + ": " + it.status() + " " + it.found())
        .containsExactly(
            "network: OK subnet 100.64.0.0/19, gateway 100.64.0.1, 5 in use, 32 ready",
            "egress: OK none, as --no-egress says",
            "DNS: WARNING no name server for other names than services",
            "policies: OK namespaces are apart, 2 NetworkPolicies");
  }
}
