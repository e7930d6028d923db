package dev.ebb.resources.testing;

import dev.ebb.resources.local.IdSource;
import java.util.concurrent.atomic.AtomicLong;

/// Ids that tests can foretell: the first uid ends in 1, the first name in `00001`.
public final class CountingIds implements IdSource {
  private final AtomicLong uids = new AtomicLong();
  private final AtomicLong names = new AtomicLong();

  @Override
  public String uid() {
    return "00000000-0000-4000-8000-%012d".formatted(uids.incrementAndGet());
  }

  @Override
  public String nameSuffix() {
    return "%05d".formatted(names.incrementAndGet());
  }
}
