package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkPoolTest {
  private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");

  @TempDir Path directory;

  @BeforeEach
  void rootOnly() {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
  }

  private NetworkConfig config() {
    return NetworkConfig.defaults(directory, directory.resolve("run")).withSize(3);
  }

  @Test
  void anInstanceReachesItsNamespaceOnly() throws Exception {
    try (var pool = NetworkPool.open(config())) {
      var first = pool.lease("first", "a");
      var second = pool.lease("second", "a");
      var other = pool.lease("other", "b");
      try (var server = Inside.server(first.path(), ANY, "first")) {
        assertThat(Inside.call(first.address(), server.port())).isEqualTo("first");
        assertThat(Inside.call(second.path(), first.address(), server.port())).isEqualTo("first");
        assertThat(Inside.call(other.path(), first.address(), server.port()))
            .isEqualTo("ConnectException");
      }
    }
  }
}
