package dev.ebb.node.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DnsZoneTest {
  private static final DnsRecord ONE = address("100.64.0.1");
  private static final DnsRecord OTHER = address("100.64.0.2");

  private final DnsZone zone =
      new DnsZone(
          Map.of(
              "a.n.svc.cluster.local",
              List.of(ONE),
              "_sql._tcp.a.n.svc.cluster.local",
              List.of(new DnsRecord.Service(1, "a.n.svc.cluster.local"))));

  private static DnsRecord address(String text) {
    return new DnsRecord.Address(Inet4Address.ofLiteral(text));
  }

  private String lookup(String name) {
    return switch (zone.lookup(name)) {
      case DnsZone.Lookup.Found(List<DnsRecord> records) -> "found " + records.size();
      case DnsZone.Lookup.Missing() -> "missing";
      case DnsZone.Lookup.Foreign() -> "foreign";
    };
  }

  @Test
  void aNameExistsAsLongAsOneBelowItDoes() {
    assertThat(lookup("_tcp.a.n.svc.cluster.local")).isEqualTo("found 0");
    zone.change(Set.of("_sql._tcp.a.n.svc.cluster.local"), Map.of());
    assertThat(lookup("_tcp.a.n.svc.cluster.local")).isEqualTo("missing");
    assertThat(lookup("n.svc.cluster.local")).isEqualTo("found 0");
    zone.change(Set.of("A.n.svc.cluster.local", "never.n.svc.cluster.local"), Map.of());
    assertThat(lookup("a.n.svc.cluster.local")).isEqualTo("missing");
    assertThat(lookup("n.svc.cluster.local")).isEqualTo("missing");
    assertThat(lookup("svc.cluster.local")).isEqualTo("found 0");
    assertThat(lookup("cluster.local")).isEqualTo("found 0");
  }

  @Test
  void whatIsToldAgainReplacesWhatWasThere() {
    zone.change(
        Set.of("a.n.svc.cluster.local"),
        Map.of("A.n.svc.cluster.local", List.of(ONE, OTHER), "host.internal", List.of(ONE)));
    assertThat(lookup("a.n.svc.cluster.local")).isEqualTo("found 2");
    assertThat(lookup("host.internal")).isEqualTo("found 1");
    assertThat(lookup("other.internal")).isEqualTo("foreign");
    zone.change(Set.of("a.n.svc.cluster.local", "_sql._tcp.a.n.svc.cluster.local"), Map.of());
    assertThat(lookup("n.svc.cluster.local")).as("counted once").isEqualTo("missing");
  }
}
