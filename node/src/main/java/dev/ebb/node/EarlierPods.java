package dev.ebb.node;

import dev.ebb.images.FunctionImage;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.node.pods.ImageLease;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodRecord;
import dev.ebb.node.pods.PodRecords;
import dev.ebb.node.pods.PodSetup;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// What an earlier server left of Pods: those that run are found, what is left of others is taken
/// away.
final class EarlierPods {
  private static final Logger LOG = System.getLogger(EarlierPods.class.getName());

  /// What is taken away waits for crun and the kernel, 50 ms each and more on a busy machine, and a
  /// server that was killed leaves a standby for each of its services: one by one, the next server
  /// would not be there for a minute. More at once only wait for the kernel's locks.
  private static final int AT_ONCE = 8;

  private final ContainerSupport support;
  private final PodHost host;

  EarlierPods(ContainerSupport support, PodHost host) {
    this.support = support;
    this.host = host;
  }

  /// To be called once, before any Pod is started.
  List<FoundPod> find(PodRecords records, String bootId) throws IOException {
    var found = new ArrayList<FoundPod>();
    Set<String> known = new HashSet<>();
    var others = new ArrayList<PodRecord>();
    for (PodRecord record : records.read()) {
      var setup = record.isAlive(bootId) ? host.takeOver(record) : Optional.<PodSetup>empty();
      if (setup.isPresent()) {
        LOG.log(Level.INFO, "adopting {0}", record.id());
        record.containers().forEach(one -> known.add(one.runtimeId()));
        found.add(new FoundPod(record, setup.get(), hold(record)));
      } else {
        others.add(record);
      }
    }
    atOnce(others, this::discard);
    support.network().settle();
    atOnce(
        support.runtime().left().stream().filter(left -> !known.contains(left)).toList(),
        this::discard);
    host.discardAllBut(found.stream().map(one -> one.record().id().value()).toList());
    return found;
  }

  /// Returns when all is done.
  private static <T> void atOnce(List<T> all, Consumer<T> task) {
    try (var workers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      all.forEach(one -> workers.execute(() -> task.accept(one)));
    }
  }

  private void discard(String left) {
    LOG.log(Level.INFO, "taking away {0}, of which there is no record", left);
    try {
      host.discard(left);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "cannot take away " + left, e);
    }
  }

  private void discard(PodRecord record) {
    try {
      host.discard(record);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "cannot clean up after " + record.id(), e);
    }
  }

  /// An image that is gone from the store runs on as long as it is mounted.
  private ImageLease hold(PodRecord record) {
    var releases = new ArrayList<Runnable>();
    for (PodRecord.Container one : record.containers()) {
      if (FunctionImage.parse(one.image()).isPresent()) {
        continue; // A package is kept as long as an object names it.
      }
      try {
        var reference = ImageReference.parse(one.image());
        support.images().hold(reference).ifPresent(image -> releases.add(image::close));
      } catch (ImageException e) {
        LOG.log(Level.WARNING, "cannot hold the image of " + record.id(), e);
      }
    }
    return new ImageLease(releases);
  }
}
