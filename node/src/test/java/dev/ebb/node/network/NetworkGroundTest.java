package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Claims of subnets when somebody has deleted links by hand, or a server was killed in the midst.
/// Each in a network namespace of its own, as if it were a machine.
class NetworkGroundTest {
  @TempDir Path directory;

  /// A machine with nothing but what servers have made.
  private record Machine(Netlink netlink, Path directory) {
    Remains remains(String server) {
      Path run = directory.resolve(server + "-run").resolve("netns");
      return new Remains(NetworkNames.of(data(server)), run, netlink);
    }

    Path data(String server) {
      return directory.resolve(server);
    }

    NetworkGround ground(String server) throws Exception {
      Files.createDirectories(data(server));
      return new NetworkGround(remains(server), data(server));
    }

    Subnet prepare(String server) throws Exception {
      return ground(server).prepare(Optional.empty());
    }

    void deleteLink(String server) {
      var messages = new NetlinkMessages();
      RouteRequests.delete(messages, NetworkNames.of(data(server)).gateway());
      netlink.execute(messages);
    }

    List<Subnet> routes() {
      return new MachineNetwork(netlink)
          .routes().stream().map(MachineNetwork.Destination::subnet).toList();
    }
  }

  private interface Step {
    void accept(Machine machine) throws Exception;
  }

  private void onMachine(Step step) throws Exception {
    Inside.onThread(() -> {
      KernelCalls.unshareNetwork();
      try (var netlink = Netlink.open(Netlink.ROUTE)) {
        step.accept(new Machine(netlink, directory));
        return true;
      }
    });
  }

  @BeforeEach
  void rootOnly() {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsLeft(boolean linkWasDeleted) throws Exception {
    onMachine(machine -> {
      machine.prepare("a");
      if (linkWasDeleted) {
        machine.deleteLink("a");
      }
      assertThat(machine.routes()).isNotEmpty();
      machine.ground("a").remove();
      assertThat(machine.routes()).isEmpty();
    });
  }

  @Test
  void theNextServerHasTheSameSubnetAndTheInstancesTheirRoutes() throws Exception {
    onMachine(machine -> {
      Subnet subnet = machine.prepare("a");
      var plan = new AddressPlan(subnet);
      int index = plan.take();
      Files.createDirectories(machine.remains("a").directory());
      try (var maker = new NamespaceMaker(machine.remains("a"), plan)) {
        maker.make(index);
      }
      List<Subnet> before = machine.routes();
      machine.deleteLink("a");
      assertThat(machine.routes()).as("the kernel removes what names the link").hasSize(1);
      assertThat(machine.prepare("a")).isEqualTo(subnet);
      assertThat(machine.routes()).containsExactlyInAnyOrderElementsOf(before);
      machine.ground("a").remove();
      assertThat(machine.routes()).isEmpty();
    });
  }

  @Test
  void anotherOneIsWantedAfterTheLinkWasDeleted() throws Exception {
    onMachine(machine -> {
      machine.prepare("a");
      machine.deleteLink("a");
      var wanted = Subnet.parse("10.1.0.0/20");
      assertThat(machine.ground("a").prepare(Optional.of(wanted))).isEqualTo(wanted);
      assertThat(machine.routes()).allMatch(wanted::overlaps);
    });
  }

  @Test
  void aServerKilledBeforeItHadALinkLeavesNoClaim() throws Exception {
    onMachine(machine -> {
      Subnet subnet = machine.prepare("a");
      machine.deleteLink("a");
      Files.delete(machine.data("a").resolve("instance-subnet"));
      assertThat(machine.prepare("a")).isEqualTo(subnet);
    });
  }

  /// Whose claim it is now is told by the address in it; whose it was, by files that are left.
  @Test
  void theClaimOfAnotherServerStays() throws Exception {
    onMachine(machine -> {
      Subnet subnet = machine.prepare("a");
      Path held = machine.remains("a").directory().resolveSibling("instance-subnet");
      String text = Files.readString(held);
      machine.ground("a").remove();
      Files.writeString(held, text);
      assertThat(machine.ground("b").prepare(Optional.of(subnet))).isEqualTo(subnet);
      List<Subnet> before = machine.routes();
      machine.ground("a").remove();
      assertThat(machine.routes()).isEqualTo(before);
      assertThat(machine.prepare("a")).isNotEqualTo(subnet);
    });
  }
}
