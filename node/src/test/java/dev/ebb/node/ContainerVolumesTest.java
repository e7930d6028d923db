package dev.ebb.node;

import static dev.ebb.node.ContainerMachine.HELLO;
import static dev.ebb.node.ContainerMachine.container;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSecurity;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerVolumesTest {
  private static final InstanceId ID = new InstanceId("8a6b2f4e-0000-4000-8000-00000000000a");

  @TempDir Path directory;
  private ContainerMachine machine;

  @BeforeEach
  void start() throws IOException {
    machine = new ContainerMachine(directory);
  }

  @AfterEach
  void nothingIsLeft() {
    machine.node.stop(ID);
    machine.close();
  }

  private static Container mounting(Container one, Container.VolumeMount... mounts) {
    return one.edit().volumeMounts(List.of(mounts)).build();
  }

  private static Container.VolumeMount at(String volume, String path) {
    return new Container.VolumeMount(volume, path, "", false);
  }

  private void run(PodSecurity security, List<Volume> volumes, Container... containers) {
    var pod =
        PodSpec.of(containers)
            .edit()
            .volumes(volumes)
            .security(security)
            .restartPolicy(PodSpec.RestartPolicy.NEVER)
            .labels(Map.of("app", "shop"))
            .build();
    machine.node.run(ID, ContainerMachine.workload(HELLO, "", pod));
  }

  private static Volume volume(String name, Volume.Source source) {
    return new Volume(name, source);
  }

  @Test
  void configurationIsMountedAndChangesWhileTheProgramRuns() {
    machine.references.put("settings", Map.of("color", "blue", "other", "x"));
    var projected =
        new Volume.Projected(
            List.of(
                new Volume.ConfigMap(
                    "settings",
                    List.of(new Volume.Item("color", "deep/color", OptionalInt.of(0400))),
                    false),
                new Volume.DownwardApi(
                    List.of(
                        new Volume.FieldFile(
                            "labels",
                            new EnvironmentVariable.PodField("", "metadata.labels"),
                            OptionalInt.empty())))),
            0644);
    run(
        PodSecurity.DEFAULT,
        List.of(volume("config", projected)),
        mounting(
            container(
                "main",
                "cat /c/labels; echo; while true; do cat /c/deep/color; echo; sleep 0.2; done"),
            at("config", "/c")));
    machine.awaitLog("main", "app=\"shop\"\nblue\n");
    machine.references.put("settings", Map.of("color", "red"));
    machine.awaitLog("main", "red\n");
  }

  @Test
  void containersOfAPodShareAnEmptyDirectory() throws IOException {
    run(
        new PodSecurity(
            OptionalLong.of(1000),
            OptionalLong.of(1000),
            true,
            OptionalLong.of(2000),
            List.of(),
            Map.of()),
        List.of(volume("data", new Volume.EmptyDir(false, OptionalLong.empty()))),
        mounting(container("writer", "id -u; echo shared > /w/file; sleep 600"), at("data", "/w")),
        mounting(
            container("reader", "until [ -s /r/file ]; do sleep 0.05; done; cat /r/file"),
            at("data", "/r")));
    machine.awaitLog("reader", "shared");
    assertThat(machine.log("writer")).isEqualTo("1000\n");
  }

  @Test
  void containersShareADirectoryInMemoryThatIsGoneWithThem() throws IOException {
    var limit = OptionalLong.of(1 << 20);
    run(
        PodSecurity.DEFAULT,
        List.of(volume("data", new Volume.EmptyDir(true, limit))),
        mounting(
            container("writer", "head -c 2000000 /dev/zero > /w/file; echo full; sleep 600"),
            at("data", "/w")),
        mounting(
            container(
                "reader",
                "grep -c ' /r tmpfs' /proc/mounts; until [ -s /r/file ]; do sleep 0.05; done;"
                    + " echo seen; sleep 600"),
            at("data", "/r")));
    machine.awaitLog("writer", "full");
    machine.awaitLog("reader", "1\nseen\n");
    assertThat(machine.log("writer")).contains("head: standard output: I/O error");
    machine.node.stop(ID);
    machine.awaitExit();
    await()
        .atMost(ContainerMachine.PATIENCE)
        .untilAsserted(() ->
            assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
                .noneMatch(line -> line.contains(directory.toString())));
  }

  @Test
  void aClaimsFilesOutliveItsPod() throws IOException {
    Path claim = Files.createDirectories(directory.resolve("volumes/default/store"));
    Files.createDirectory(claim.resolve("sub"));
    Files.writeString(claim.resolve("sub/file"), "kept");
    run(
        PodSecurity.DEFAULT,
        List.of(volume("store", new Volume.PersistentVolumeClaim("store", false))),
        mounting(
            container("main", "cat /s/file"),
            new Container.VolumeMount("store", "/s", "sub", true)));
    machine.awaitLog("main", "kept");
    machine.awaitExit();
    assertThat(claim.resolve("sub/file")).exists();
  }

  @Test
  void aPathThatLeadsOutOfItsVolumeIsRefused() throws IOException {
    Path claim = Files.createDirectories(directory.resolve("volumes/default/store"));
    Files.createSymbolicLink(claim.resolve("out"), Path.of("/etc"));
    run(
        PodSecurity.DEFAULT,
        List.of(volume("store", new Volume.PersistentVolumeClaim("store", false))),
        mounting(
            container("main", "cat /s/passwd"),
            new Container.VolumeMount("store", "/s", "out", true)));
    var refused =
        machine.awaitState(one ->
            one.reason().equals("CreateContainerConfigError")
                || one.exit()
                    .filter(exit -> exit.lastLogLines().contains("leads out"))
                    .isPresent());
    assertThat(refused.containers().toString()).contains("leads out of its volume");
  }

  private void runWithHostPath(String path, String type, String script) {
    run(
        PodSecurity.DEFAULT,
        List.of(volume("host", new Volume.HostPath(path, type))),
        mounting(container("main", script), at("host", "/h")));
  }

  @Test
  void theMachinesDirectoriesAreRefused() {
    runWithHostPath("/etc", "", "cat /h/passwd");
    var refused = machine.awaitState(one -> one.message().contains("hostPath"));
    assertThat(refused.containers().getFirst().reason()).isEqualTo("ContainerCreating");
    assertThat(refused.containers().getFirst().message())
        .isEqualTo(
            "MountVolume.SetUp failed for volume \"host\" : hostPath /etc is not allowed on this"
                + " machine: its administrator can allow it with `ebb up --allow-host-path PATH`");
  }

  @Test
  void whatIsAllowedIsMounted() throws IOException {
    Path shared = Files.createDirectories(directory.resolve("shared"));
    machine.allow(shared);
    runWithHostPath(
        shared.resolve("made/here").toString(), "DirectoryOrCreate", "echo ours > /h/file; id -u");
    machine.awaitLog("main", "0");
    assertThat(shared.resolve("made/here/file")).hasContent("ours\n");
  }

  @Test
  void whatIsMissingIsAwaited() {
    run(
        PodSecurity.DEFAULT,
        List.of(
            volume(
                "config",
                new Volume.Projected(
                    List.of(new Volume.ConfigMap("later", List.of(), false)), 0644))),
        mounting(container("main", "cat /c/color"), at("config", "/c")));
    var waiting = machine.awaitState(one -> !one.message().isEmpty()).containers().getFirst();
    assertThat(waiting.reason()).isEqualTo("ContainerCreating");
    assertThat(waiting.message())
        .isEqualTo(
            "MountVolume.SetUp failed for volume \"config\" : configmap \"later\" not found");
    machine.references.put("later", Map.of("color", "blue"));
    machine.awaitLog("main", "blue");
  }
}
