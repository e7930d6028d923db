package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pure rules behind networks of instances.
class NetworkRulesTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,    10.1.0.0/16,   true",
    "10.1.0.0/16,   10.0.0.0/8,    true",
    "10.0.0.0/9,    10.128.0.0/9,  false",
    "0.0.0.0/0,     1.2.3.4/32,    true",
    "128.0.0.0/1,   127.0.0.0/8,   false",
    "100.64.0.0/19, 100.64.31.255/32, true",
    "100.64.0.0/19, 100.64.32.0/32, false",
  })
  void subnetsOverlap(String one, String other, boolean overlap) {
    assertThat(Subnet.parse(one).overlaps(Subnet.parse(other))).isEqualTo(overlap);
    assertThat(Subnet.parse(one)).hasToString(one);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/24", "::/8", "a/8", "/8"})
  void whatIsNoSubnetIsRefused(String text) {
    assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSubnetIsChosenThatNothingUses() {
    var shared = Subnet.parse("100.64.0.0/10");
    var first =
        SubnetChoice.candidates("id", Optional.empty(), List.of()).findFirst().orElseThrow();
    assertThat(shared.overlaps(first)).isTrue();
    assertThat(SubnetChoice.candidates("id", Optional.empty(), List.of()).findFirst())
        .as("the same again")
        .contains(first);
    assertThat(
            SubnetChoice.candidates("id", Optional.empty(), List.of(first))
                .findFirst()
                .orElseThrow())
        .isNotEqualTo(first);
    var before = Subnet.parse("10.32.0.0/19");
    assertThat(SubnetChoice.candidates("id", Optional.of(before), List.of()).findFirst())
        .contains(before);
    assertThat(
            SubnetChoice.candidates("id", Optional.of(before), List.of(shared, before))
                .findFirst()
                .orElseThrow()
                .overlaps(Subnet.parse("10.0.0.0/8")))
        .isTrue();
    assertThat(SubnetChoice.candidates("id", Optional.empty(), List.of(Subnet.parse("0.0.0.0/0"))))
        .isEmpty();
  }

  @Test
  void anAddressIsGivenAgainAsLateAsPossible() {
    var plan = new AddressPlan(Subnet.parse("10.0.0.0/24"));
    int first = plan.take();
    plan.give(first);
    var taken = new HashSet<Integer>();
    // 128 for instances, less the network's own, the gateway's and the last.
    for (int i = 0; i < 124; i++) {
      assertThat(plan.take())
          .isNotEqualTo(first)
          .satisfies(it -> assertThat(taken.add(it)).isTrue());
    }
    assertThat(plan.take()).isEqualTo(first);
    assertThatThrownBy(plan::take).isInstanceOf(NetworkUnavailableException.class);
    assertThat(plan.take(first)).isFalse();
    assertThat(plan.take(0)).isFalse();
    assertThat(plan.take(1)).isFalse();
    assertThat(plan.take(1000)).isFalse();
  }

  @Test
  void namesFitLinksAndComeBack() {
    var names = NetworkNames.of(Path.of("/var/lib/ebb"));
    assertThat(names).isEqualTo(NetworkNames.of(Path.of("/var/lib/./ebb")));
    assertThat(names).isNotEqualTo(NetworkNames.of(Path.of("/var/lib/ebb2")));
    int most = (1 << 23) - 1;
    assertThat(names.pair(most)).hasSizeLessThanOrEqualTo(15);
    assertThat(names.index(names.pair(most))).hasValue(most);
    assertThat(names.index("eth0")).isEmpty();
    assertThat(names.index(names.pairs())).isEmpty();
    assertThat(names.index(names.gateway())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CapEff: 000001ffffffffff, true,  0",
    "CapEff: 000001ffffffffff, false, 1",
    "CapEff: 0000000000001000, true,  1",
    "CapEff: 0000000000200000, true,  1",
    "CapEff: 0000000000201000, true,  0",
    "CapEff: 0000000000000000, false, 2",
    "Name: x,                  true,  1",
  })
  void whatIsMissingIsTold(String status, boolean nft, int count) {
    assertThat(NetworkCheck.missing(List.of(status), nft)).hasSize(count);
  }

  @Test
  void aFirewallThatDropsIsTold() {
    var docker =
        """
        table ip filter {
        \tchain FORWARD {
        \t\ttype filter hook forward priority filter; policy %s;
        \t}
        }
        """;
    assertThat(NetworkCheck.warnings(docker.formatted("drop"))).hasSize(1);
    assertThat(NetworkCheck.warnings(docker.formatted("accept"))).isEmpty();
  }
}
