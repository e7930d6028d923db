package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.node.network.Subnet;
import java.net.Inet4Address;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VirtualAddressesTest {
  private final VirtualAddresses virtual = new VirtualAddresses(Subnet.parse("100.64.16.0/30"));

  private static KubernetesObject service(String name, String clusterIp) {
    return KubernetesObject.of(CoreKinds.SERVICE.type(), new ObjectKey("n", name))
        .with(json -> json.putObject("spec").put("clusterIP", clusterIp));
  }

  @Test
  void eachKeepsTheAddressThatItWantsOrOneThatIsFree() {
    Optional<Inet4Address> wanted = Optional.of(Inet4Address.ofLiteral("100.64.16.2"));
    assertThat(virtual.of(service("a", "100.64.16.2"))).isEqualTo(wanted);
    Optional<Inet4Address> other = virtual.of(service("b", "100.64.16.2"));
    assertThat(other).isPresent().isNotEqualTo(wanted);
    assertThat(virtual.of(service("a", ""))).isEqualTo(wanted);
    assertThat(virtual.of(service("b", "10.0.0.1"))).isEqualTo(other);
    assertThat(virtual.of(service("c", "fd00::1"))).isPresent();
  }

  @Test
  void whoFoundNoneCanHaveTheOneThatIsFreedFirst() {
    Set<Inet4Address> given = new HashSet<>();
    for (String name : new String[] {"a", "b", "c", "d"}) {
      given.add(virtual.of(service(name, "")).orElseThrow());
    }
    assertThat(given).hasSize(4);
    assertThat(virtual.of(service("e", ""))).isEmpty();
    assertThat(virtual.of(service("f", ""))).isEmpty();
    assertThat(virtual.release(new ObjectKey("n", "never"))).isEmpty();
    assertThat(virtual.release(new ObjectKey("n", "b"))).contains(new ObjectKey("n", "e"));
    assertThat(virtual.of(service("e", ""))).isPresent();
    assertThat(virtual.release(new ObjectKey("n", "f"))).isEmpty();
    assertThat(virtual.release(new ObjectKey("n", "a"))).isEmpty();
  }
}
