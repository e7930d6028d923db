package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.Damage;
import java.util.ArrayList;
import java.util.List;

/// What was found damaged, the first so many. Thread-safe.
final class Damages {
  private static final System.Logger LOG = System.getLogger(Damages.class.getName());
  private static final int KEPT = 1000;

  private final List<Damage> found = new ArrayList<>();

  synchronized void add(Damage damage) {
    if (found.size() < KEPT && !found.contains(damage)) {
      found.add(damage);
      LOG.log(
          damage.kind() == Damage.Kind.CORRUPT
              ? System.Logger.Level.ERROR
              : System.Logger.Level.DEBUG,
          "event log: {0} bytes {1} to {2} of {3} cannot be read; events lost: {4}",
          damage.kind(),
          Long.toString(damage.from()),
          Long.toString(damage.to()),
          damage.file(),
          damage.lost());
    }
  }

  synchronized List<Damage> list() {
    return List.copyOf(found);
  }
}
