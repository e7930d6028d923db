package dev.ebb.node.network;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;

/// Which address of the lower half of a subnet is whose. The first is the gateway's. One that was
/// given back is given again as late as possible, for somebody may still hold it. Thread-safe.
final class AddressPlan {
  private static final int FIRST = 2;
  private static final int GATEWAY = 1;

  /// The machine's end of every pair: each pair is a link of its own.
  static final byte[] GATEWAY_MAC = {0x0e, (byte) 0xeb, 0, 0, 0, 1};

  private final Subnet instances;
  private final Subnet services;
  private final BitSet taken = new BitSet();
  private final int end;
  private int next;

  AddressPlan(Subnet subnet) {
    instances = subnet.lowerHalf();
    services = subnet.upperHalf();
    // The last one is left free: some programs take it for the broadcast address.
    end = (int) instances.size() - 1;
    next = ThreadLocalRandom.current().nextInt(FIRST, end);
  }

  Subnet instances() {
    return instances;
  }

  /// For virtual addresses of services.
  Subnet services() {
    return services;
  }

  Inet4Address gateway() {
    return instances.at(GATEWAY);
  }

  Inet4Address address(int index) {
    return instances.at(index);
  }

  /// Of an instance's own end.
  static byte[] mac(Inet4Address address) {
    return ByteBuffer.allocate(6).put(GATEWAY_MAC, 0, 2).put(address.getAddress()).array();
  }

  /// @throws NetworkUnavailableException when all are taken
  synchronized int take() {
    int free = taken.nextClearBit(next);
    if (free >= end) {
      free = taken.nextClearBit(FIRST);
    }
    if (free >= end) {
      throw new NetworkUnavailableException(
          "all %d addresses of %s are in use by instances; more need a larger --instance-subnet"
              .formatted(end - FIRST, instances));
    }
    taken.set(free);
    next = free + 1;
    return free;
  }

  synchronized boolean isFull() {
    return taken.cardinality() == end - FIRST;
  }

  /// @return false when it is no address of an instance, or taken already
  synchronized boolean take(int index) {
    if (index < FIRST || index >= end || taken.get(index)) {
      return false;
    }
    taken.set(index);
    return true;
  }

  synchronized void give(int index) {
    taken.clear(index);
  }
}
