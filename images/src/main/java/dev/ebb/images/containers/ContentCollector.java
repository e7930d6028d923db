package dev.ebb.images.containers;

import dev.ebb.images.Blobs;
import dev.ebb.images.FunctionPackages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Deletes what nobody names any more, of packages, images and the registry alike, a minute after
/// the start and then every ten: one collector for the one content store, for none of its users
/// could know what the others need. When it cannot be known what is needed, nothing is deleted.
///
/// It goes from names to bytes: pulled images lose their names by age and by want of space, and so
/// do pushed ones what no tag names, or whose namespace is gone; then unpacked layers go that no
/// image has, then blobs that nothing has.
public final class ContentCollector implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ContentCollector.class.getName());

  // The instances that an earlier server left are adopted by then, and hold their images.
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  // Content is stored before the object or name that names it, so it is unnamed for a moment; an
  // hour is longer than any client takes between the two.
  private static final Duration UNNAMED = Duration.ofHours(1);

  private final Blobs blobs;
  private final FunctionPackages packages;
  private final LocalImages images;
  private final Uses uses;
  private final FileStore disk;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /// What other rooms name. Each may block and throw.
  ///
  /// What was pushed to the registry here.
  public interface Pushed {
    /// Takes out what has neither a name nor an owner any more.
    ///
    /// @param used digests that stay
    /// @param before what was pushed or used later stays
    /// @return what is gone, as it was called
    List<String> collect(Set<String> used, Instant before);

    /// Digests of all blobs and manifests that it still has.
    Set<String> digests();
  }

  /// @param packages digests of function packages
  /// @param images names of images that objects of the API have, as users write them; each image of
  ///   such a name, and each with that digest, stays
  public record Uses(Supplier<Set<String>> packages, Supplier<Set<String>> images, Pushed pushed) {}

  /// What a collection did.
  ///
  /// @param images names that are gone
  /// @param bytes that were freed, about
  public record Report(List<String> images, long bytes) {}

  public ContentCollector(
      Blobs blobs,
      FunctionPackages packages,
      LocalImages images,
      Uses uses,
      FileStore disk,
      InstantSource clock) {
    this(blobs, packages, images, uses, disk, clock, FIRST, INTERVAL);
  }

  ContentCollector(
      Blobs blobs,
      FunctionPackages packages,
      LocalImages images,
      Uses uses,
      FileStore disk,
      InstantSource clock,
      Duration first,
      Duration interval) {
    this.blobs = blobs;
    this.packages = packages;
    this.images = images;
    this.uses = uses;
    this.disk = disk;
    this.clock = clock;
    thread = Thread.ofVirtual().name("content-collector").start(() -> run(first, interval));
  }

  /// Collects at once.
  public synchronized Report collect(CollectionPolicy policy) {
    try {
      var used = uses.images().get();
      var usedPackages = uses.packages().get();
      var gone = new ArrayList<>(byAge(policy, used));
      gone.addAll(pushed(policy.unusedFor(), used));
      long freed = sweep(usedPackages);
      if (usedPercent() > policy.highPercent()) {
        gone.addAll(pushed(policy.minimumAge(), used));
        freed += sweep(usedPackages);
        for (var image : unused(policy.minimumAge(), used)) {
          if (usedPercent() < policy.lowPercent()) {
            break;
          }
          images.remove(image.reference());
          gone.add(image.reference().toString());
          freed += sweep(usedPackages);
        }
      }
      if (!gone.isEmpty()) {
        LOG.log(
            Level.INFO, "deleted unused images, {0} bytes: {1}", freed, String.join(", ", gone));
      }
      return new Report(gone, freed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  private List<String> byAge(CollectionPolicy policy, Set<String> used) {
    List<String> gone = new ArrayList<>();
    for (var image : unused(policy.unusedFor(), used)) {
      images.remove(image.reference());
      gone.add(image.reference().toString());
    }
    return gone;
  }

  /// What has no tag any more was pushed by hand, and is had nowhere else: it goes when nobody
  /// asked for it for that long, and never while somebody may still be pushing what needs it.
  private List<String> pushed(Duration age, Set<String> used) {
    var stay = digests(used);
    stay.addAll(images.held());
    var longest = age.compareTo(UNNAMED) > 0 ? age : UNNAMED;
    return uses.pushed().collect(stay, clock.instant().minus(longest));
  }

  /// Those that may go, least recently used first.
  private List<NamedImage> unused(Duration age, Set<String> used) {
    var before = clock.instant().minus(age);
    var held = images.held();
    var digests = digests(used);
    return images.list().stream()
        .filter(image -> !image.isOnlyHere())
        .filter(image -> !image.lastUsed().isAfter(before))
        .filter(image -> !held.contains(image.digest()) && !digests.contains(image.digest()))
        .sorted(Comparator.comparing(NamedImage::lastUsed))
        .toList();
  }

  private Set<String> digests(Set<String> used) {
    Set<String> digests = new HashSet<>();
    used.forEach(name -> images.digestsOf(name).forEach(digests::add));
    return digests;
  }

  private long sweep(Set<String> usedPackages) throws IOException {
    // All of it is asked before anything is deleted.
    var needed = new HashSet<>(images.blobs());
    needed.addAll(uses.pushed().digests());
    needed.addAll(packages.blobs(usedPackages));
    long freed = images.retainLayers();
    freed += blobs.retain(needed, clock.instant().minus(UNNAMED));
    packages.retainUnpacked();
    images.retainProofs();
    return freed;
  }

  private int usedPercent() throws IOException {
    long total = disk.getTotalSpace();
    return total == 0 ? 0 : (int) (100 * (total - disk.getUsableSpace()) / total);
  }

  private void run(Duration first, Duration interval) {
    try {
      var wait = first;
      while (!closed.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        collectOrTellWhyNot();
        wait = interval;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void collectOrTellWhyNot() {
    try {
      collect(CollectionPolicy.DEFAULT);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "could not delete what nobody names; trying again later", e);
    }
  }
}
