package dev.ebb.node.network;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Which subnets a server may take.
final class SubnetChoice {
  /// The addresses for networks behind carriers' NAT (RFC 6598): seldom used inside a machine or a
  /// company, unlike 10.0.0.0/8.
  private static final Subnet SHARED = Subnet.parse("100.64.0.0/10");

  private static final Subnet PRIVATE = Subnet.parse("10.0.0.0/8");

  /// Alibaba's own services, the metadata among them, are here.
  private static final Subnet ALIBABA = Subnet.parse("100.100.0.0/16");

  /// For 4000 instances and 4000 services.
  private static final int PREFIX = 19;

  private SubnetChoice() {}

  /// In the order in which to try them. Each server begins elsewhere, so that it gets the same one
  /// again and servers seldom meet.
  ///
  /// @param id of the server
  /// @param before what it had last time
  /// @param used by links, routes and name servers of the machine
  static Stream<Subnet> candidates(String id, Optional<Subnet> before, List<Subnet> used) {
    int seed = Math.floorMod(id.hashCode() * 0x9E3779B9, 1 << 16);
    return Stream.of(before.stream(), blocks(SHARED, seed), blocks(PRIVATE, seed))
        .flatMap(it -> it)
        .filter(it -> !it.overlaps(ALIBABA))
        .filter(it -> used.stream().noneMatch(it::overlaps));
  }

  private static Stream<Subnet> blocks(Subnet all, int seed) {
    int count = 1 << (PREFIX - all.prefix());
    return IntStream.range(0, count)
        .mapToObj(i -> new Subnet(all.base() + ((seed + i) % count << (32 - PREFIX)), PREFIX));
  }
}
