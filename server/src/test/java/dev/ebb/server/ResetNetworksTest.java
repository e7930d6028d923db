package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.cli.DataDirectories;
import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.Tenant;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResetNetworksTest {
  @Test
  void resetRemovesTheNetworksThatAServerLeft(@TempDir Path temporary) throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
    Path data = Files.createDirectories(temporary.resolve("data"));
    Files.writeString(data.resolve("version"), "1");
    Path run = DataDirectories.runDirectory(data);
    String name;
    var pool = NetworkPool.open(NetworkConfig.defaults(data, run).withSize(1));
    pool.apply(NetworkPolicies.none());
    try {
      name = pool.lease(Tenant.of("left", "a")).name();
    } finally {
      pool.close(true);
    }
    assertThat(Path.of("/sys/class/net", name)).exists();
    assertThat(Main.commandLine().execute("reset", "--yes", "--data-dir", data.toString()))
        .isZero();
    assertThat(Path.of("/sys/class/net", name)).doesNotExist();
    assertThat(run).doesNotExist();
    assertThat(data).doesNotExist();
  }
}
