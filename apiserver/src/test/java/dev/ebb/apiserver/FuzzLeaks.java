package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.store.Durability;
import dev.ebb.store.Entry;
import dev.ebb.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import org.awaitility.Awaitility;

/// What a server may not keep when its clients have gone and its objects are deleted: streams,
/// threads, objects on the heap.
final class FuzzLeaks {
  /// Those that are on their way, on the stack of a thread or in a field that is about to be set.
  private static final int TOLERATED_OBJECTS = 50;

  private final TestServer server;
  private final long objectsBefore;

  /// Looks at the server before anything is thrown at it.
  FuzzLeaks(TestServer server) {
    this.server = server;
    this.objectsBefore = objectsOnTheHeap();
  }

  /// Deletes everything, and looks again.
  void assertNone() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> {
          assertThat(server.server.openStreams()).isZero();
          assertThat(threads("apiserver-disconnect-watch")).isZero();
        });
    for (KindDefinition kind : List.copyOf(server.resources.kinds().all())) {
      if (!kind.qualifiedPlural().equals("namespaces")) {
        server
            .resources
            .list(kind, ListQuery.all())
            .items()
            .forEach(object -> remove(kind, object.key()));
      }
    }
    Store store = server.resources.store();
    for (Entry entry : store.list("", "", 0, 0).entries()) {
      // Namespaces are immortal, or wait for a controller that does not run here.
      assertThat(entry.key()).startsWith("//namespaces/");
      store.delete(entry.key(), entry.revision(), Durability.SYNCED);
    }
    store.compact(store.revision());
    Awaitility.await()
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> assertThat(objectsOnTheHeap()).isLessThan(objectsBefore + TOLERATED_OBJECTS));
  }

  private void remove(KindDefinition kind, ObjectKey key) {
    if (!isRemoved(kind, key)) {
      Awaitility.await().until(() -> isRemoved(kind, key));
    }
  }

  /// The controller of a definition may be at the same object.
  private boolean isRemoved(KindDefinition kind, ObjectKey key) {
    try {
      server.resources.delete(kind, key, DeleteOptions.background());
      server
          .resources
          .find(kind, key)
          .ifPresent(held ->
              server.resources.update(
                  kind,
                  held.with(json -> json.withObject("/metadata").remove("finalizers")),
                  WriteOptions.by("fuzz")));
    } catch (ApiException refused) {
      if (!refused.isConflict() && !refused.isNotFound()) {
        throw refused;
      }
    }
    return server.resources.find(kind, key).isEmpty();
  }

  private static long threads(String name) {
    try {
      Path file = Files.createTempFile("ebb-threads", ".txt");
      Files.delete(file); // the dump wants to make it itself
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
      long count = Files.readString(file).lines().filter(line -> line.contains(name)).count();
      Files.delete(file);
      return count;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Collects garbage first, as the histogram of the JVM does.
  private static long objectsOnTheHeap() {
    try {
      String histogram =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "gcClassHistogram",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
      return histogram
          .lines()
          .filter(line -> line.contains(KubernetesObject.class.getName() + " "))
          .map(line -> Long.parseLong(line.strip().split("\\s+")[1]))
          .findFirst()
          .orElse(0L);
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }
}
