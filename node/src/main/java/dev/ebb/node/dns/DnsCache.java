package dev.ebb.node.dns;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;

/// The latest answers of other servers. Thread-safe.
final class DnsCache {
  private static final int MOST = 1000;

  private record Key(DnsQuery.Bytes question, boolean extended) {}

  private record Entry(DnsReply reply, Instant end) {}

  private final InstantSource clock;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  DnsCache(InstantSource clock) {
    this.clock = clock;
  }

  synchronized Optional<DnsReply> get(DnsQuery query) {
    return Optional.ofNullable(entries.get(key(query)))
        .filter(it -> clock.instant().isBefore(it.end))
        .map(Entry::reply);
  }

  synchronized void put(DnsQuery query, DnsReply reply) {
    if (reply.lifetime().isPositive()) {
      entries.put(key(query), new Entry(reply, clock.instant().plus(reply.lifetime())));
      if (entries.size() > MOST) {
        entries.pollFirstEntry();
      }
    }
  }

  private static Key key(DnsQuery query) {
    return new Key(query.question(), query.extended());
  }
}
