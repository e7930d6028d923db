package dev.ebb.images;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Deletes packages that nobody names any more, at the start and once an hour, on a thread of its
/// own. When it cannot be known what is named, nothing is deleted.
public final class PackageCollector implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PackageCollector.class.getName());

  // As long as a package may be unnamed, see [FunctionPackages#retain].
  private static final Duration INTERVAL = Duration.ofHours(1);

  private final FunctionPackages packages;
  private final Supplier<Set<String>> inUse;
  private final Supplier<Set<String>> others;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /// @param inUse digests of all packages that something names; may block and throw
  /// @param others digests of what is no package and stays; may block and throw
  public PackageCollector(
      FunctionPackages packages, Supplier<Set<String>> inUse, Supplier<Set<String>> others) {
    this(packages, inUse, others, INTERVAL);
  }

  PackageCollector(
      FunctionPackages packages,
      Supplier<Set<String>> inUse,
      Supplier<Set<String>> others,
      Duration interval) {
    this.packages = packages;
    this.inUse = inUse;
    this.others = others;
    thread = Thread.ofVirtual().name("package-collector").start(() -> run(interval));
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Duration interval) {
    try {
      do {
        collect();
      } while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void collect() {
    try {
      packages.retain(inUse.get(), others.get());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "could not delete old packages; trying again in an hour", e);
    }
  }
}
