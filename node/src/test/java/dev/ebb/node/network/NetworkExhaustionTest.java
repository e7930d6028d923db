package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A pool of which more is asked than it has ready, up to the last address.
class NetworkExhaustionTest {
  /// Of 256, half are for Services; the first two are no instance's, and the last.
  private static final int ADDRESSES = 125;

  private static final int AT_ONCE = 40;

  @TempDir Path directory;

  @BeforeEach
  void rootOnly() {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
  }

  private NetworkPool pool() {
    var config = NetworkConfig.defaults(directory, directory.resolve("run")).withSize(2);
    while (true) {
      Subnet free;
      try (var any = NetworkPoolTest.open(config)) {
        free = any.status().subnet();
      }
      try {
        return NetworkPoolTest.open(config.withSubnet(new Subnet(free.base(), 24)));
      } catch (NetworkUnavailableException taken) {
        // By another server of this machine, in between.
        assertThat(taken).hasMessageContaining("overlaps");
      }
    }
  }

  @Test
  void startsAreSlowerButNoneFails() throws Exception {
    try (var pool = pool();
        var starts = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<NetworkLease>> all =
          IntStream.range(0, ADDRESSES)
              .<Callable<NetworkLease>>mapToObj(i -> () -> pool.lease(Tenant.of("i" + i, "n")))
              .toList();
      for (var start : starts.invokeAll(all)) {
        assertThat(start.get().address()).isNotNull();
      }

      assertThatThrownBy(() -> pool.lease(Tenant.of("more", "n")))
          .isInstanceOf(NetworkUnavailableException.class)
          .hasMessageContaining("all 125 addresses of ")
          .hasMessageContaining("are in use by instances")
          .hasMessageContaining("--instance-subnet");

      // Nobody has time to remove them before the others come.
      IntStream.range(0, AT_ONCE).forEach(i -> pool.release("i" + i));
      for (var start : starts.invokeAll(all.subList(0, AT_ONCE))) {
        assertThat(start.get().address()).isNotNull();
      }
      assertThat(pool.status().instances()).isEqualTo(ADDRESSES);
    }
  }
}
