package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.cli.DataDirectories;
import dev.ebb.dataplane.StandardInput;
import dev.ebb.node.Linux;
import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.Tenant;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.Namespaces;
import dev.ebb.node.sandbox.Resources;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.sandbox.SandboxConfig;
import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.node.sandbox.Security;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a killed server leaves on the machine, and `ebb reset` removes.
class ResetNetworksTest {
  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void resetRemovesTheNetworksAndContainersThatAServerLeft(String program, @TempDir Path temporary)
      throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
    Path data = Files.createDirectories(temporary.resolve("data"));
    Files.writeString(data.resolve("version"), "1");
    Path run = DataDirectories.runDirectory(data);
    NetworkLease lease;
    long pid;
    var pool = NetworkPool.open(NetworkConfig.defaults(data, run).withSize(1));
    pool.apply(NetworkPolicies.none());
    try {
      lease = pool.lease(Tenant.of("left", "a"));
      pid = container(program, data, lease);
    } finally {
      pool.close(true);
    }
    assertThat(Path.of("/sys/class/net", lease.name())).exists();
    assertThat(groups(data)).isNotEmpty();
    assertThat(Main.commandLine().execute("reset", "--yes", "--data-dir", data.toString()))
        .isZero();
    assertThat(Linux.awaitExit(pid).signal()).isEqualTo(Linux.SIGKILL);
    Linux.reap(pid);
    assertThat(groups(data)).isEmpty();
    assertThat(Path.of("/sys/class/net", lease.name())).doesNotExist();
    assertThat(run).doesNotExist();
    assertThat(data).doesNotExist();
  }

  /// Started as the server does, and left alone.
  private static long container(String program, Path data, NetworkLease lease) throws IOException {
    var oci = SandboxReport.look(program).runtime().orElseThrow();
    var config =
        new SandboxConfig(
            oci, ServerRemains.owner(data), data.resolve("state"), data.resolve("runtime"), 1);
    try (CrunRuntime runtime = CrunRuntime.open(config)) {
      return runtime
          .start(
              new ContainerSpec(
                  "left",
                  data.resolve("bundle"),
                  new Root.Host(),
                  List.of("/bin/sleep", "600"),
                  Map.of(),
                  "/",
                  ContainerUser.ROOT,
                  List.of(),
                  Security.DEFAULT,
                  Resources.UNLIMITED,
                  Namespaces.network(lease.path()),
                  "left",
                  data.resolve("log"),
                  StandardInput.NONE,
                  false))
          .pid();
    }
  }

  private static List<File> groups(Path data) {
    String owner = ServerRemains.owner(data);
    return below(new File("/sys/fs/cgroup"), 3)
        .filter(group -> group.getName().equals(owner))
        .toList();
  }

  /// Others make and remove groups of their own meanwhile.
  private static Stream<File> below(File group, int depth) {
    File[] groups = depth == 0 ? null : group.listFiles(File::isDirectory);
    return groups == null
        ? Stream.empty()
        : Stream.of(groups).flatMap(one -> Stream.concat(Stream.of(one), below(one, depth - 1)));
  }

  @Test
  void aSubnetThatTheMachineUsesIsRefused(@TempDir Path temporary) throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
    Path data = Files.createDirectories(temporary.resolve("data"));
    Path other = Files.createDirectories(temporary.resolve("other"));
    try (var pool = NetworkPool.open(NetworkConfig.defaults(data, temporary.resolve("run")))) {
      var taken = pool.status().subnet();
      var config = NetworkConfig.defaults(other, temporary.resolve("run2")).withSubnet(taken);
      assertThatThrownBy(() -> NetworkPool.open(config))
          .hasMessageContaining("--instance-subnet " + taken + " overlaps " + taken);
    }
  }
}
