package dev.ebb.node.dns;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The names below `cluster.local`, as Kubernetes' DNS specification has them: a Service is
/// `NAME.NAMESPACE.svc.cluster.local`, its named port
/// `_PORT._tcp.NAME.NAMESPACE.svc.cluster.local`. Thread-safe; a question is about one name, and
/// sees it as it was before a change or after.
public final class DnsZone {
  public static final String DOMAIN = "cluster.local";

  private static final Set<String> ALWAYS = Set.of(DOMAIN, "svc." + DOMAIN);

  private final Map<String, List<DnsRecord>> records = new ConcurrentHashMap<>();

  /// A name exists when one below it does (RFC 8020): how many have records.
  private final Map<String, Integer> below = new ConcurrentHashMap<>();

  /// @param records as in [#change]
  public DnsZone(Map<String, List<DnsRecord>> records) {
    change(Set.of(), records);
  }

  public static DnsZone empty() {
    return new DnsZone(Map.of());
  }

  /// The full name of a Service.
  public static String service(String name, String namespace) {
    return name + "." + namespace + ".svc." + DOMAIN;
  }

  /// Costs as much as the names that are told.
  ///
  /// @param gone names that have no records any more, where they are not among the others
  /// @param records by full name, without a dot at its end, in any case; they replace what the name
  ///   had
  public synchronized void change(Set<String> gone, Map<String, List<DnsRecord>> records) {
    Set<String> left = new HashSet<>();
    gone.forEach(name -> left.add(name.toLowerCase(Locale.ROOT)));
    records.forEach((name, of) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      left.remove(lower);
      if (this.records.put(lower, List.copyOf(of)) == null) {
        countBelow(lower, 1);
      }
    });
    for (String name : left) {
      if (this.records.remove(name) != null) {
        countBelow(name, -1);
      }
    }
  }

  private void countBelow(String name, int more) {
    for (String at = parent(name); !at.isEmpty(); at = parent(at)) {
      below.merge(at, more, (one, other) -> one + other == 0 ? null : one + other);
    }
  }

  /// @param name in lower case
  /// @return nothing of it is in another's zone; an empty list when the name exists without records
  Lookup lookup(String name) {
    List<DnsRecord> found = records.get(name);
    if (found == null && !name.equals(DOMAIN) && !name.endsWith("." + DOMAIN)) {
      return new Lookup.Foreign();
    }
    return Optional.ofNullable(found)
        .or(() ->
            ALWAYS.contains(name) || below.containsKey(name)
                ? Optional.of(List.of())
                : Optional.empty())
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
}
