package dev.ebb.node.dns;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The names below `cluster.local`, as Kubernetes' DNS specification has them: a Service is
/// `NAME.NAMESPACE.svc.cluster.local`, its named port
/// `_PORT._tcp.NAME.NAMESPACE.svc.cluster.local`. Immutable: a change is another zone.
public final class DnsZone {
  public static final String DOMAIN = "cluster.local";

  private final Map<String, List<DnsRecord>> records;
  private final Set<String> existing = new HashSet<>();

  /// @param records by full name, without a dot at its end, in any case
  public DnsZone(Map<String, List<DnsRecord>> records) {
    var all = new HashMap<String, List<DnsRecord>>();
    existing.add(DOMAIN);
    existing.add("svc." + DOMAIN);
    records.forEach((name, of) -> {
      var lower = name.toLowerCase(Locale.ROOT);
      all.put(lower, List.copyOf(of));
      for (var at = lower; !at.isEmpty() && existing.add(at); at = parent(at)) {
        // A name exists when one below it does (RFC 8020).
      }
    });
    this.records = Map.copyOf(all);
  }

  public static DnsZone empty() {
    return new DnsZone(Map.of());
  }

  /// The full name of a Service.
  public static String service(String name, String namespace) {
    return name + "." + namespace + ".svc." + DOMAIN;
  }

  /// @param name in lower case
  /// @return nothing of it is in another's zone; an empty list when the name exists without records
  Lookup lookup(String name) {
    boolean own = name.equals(DOMAIN) || name.endsWith("." + DOMAIN) || records.containsKey(name);
    if (!own) {
      return new Lookup.Foreign();
    }
    return Optional.ofNullable(records.get(name))
        .or(() -> existing.contains(name) ? Optional.of(List.of()) : Optional.empty())
        .<Lookup>map(Lookup.Found::new)
        .orElseGet(Lookup.Missing::new);
  }

  sealed interface Lookup {
    record Found(List<DnsRecord> records) implements Lookup {}

    record Missing() implements Lookup {}

    /// The zone is not asked for such names.
    record Foreign() implements Lookup {}
  }

  private static String parent(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DnsZone zone && records.equals(zone.records);
  }

  @Override
  public int hashCode() {
    return records.hashCode();
  }

  @Override
  public String toString() {
    return records.toString();
  }
}
