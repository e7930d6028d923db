package dev.ebb.bench;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.extensions.DynamicKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Informer;
import dev.ebb.resources.local.IdSource;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.store.SqliteStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Ten thousand services at zero in one server: how fast they are made, what one of them needs in
/// the heap, and how fast one changed Route among theirs is in force.
///
/// An idle service's part of the heap is the difference between a server with two thousand and the
/// same one with a thousand. What its objects need is measured apart: this process opens the
/// server's store when that has ended, and reads what the controllers read into caches as theirs.
final class IdleServices {
  private static final String TITLE = "heap of a Knative Service at zero, bytes";

  /// What each service has, as the controllers keep it.
  private static final List<KindDefinition> KINDS =
      List.of(
          ServingKinds.SERVICE,
          ServingKinds.CONFIGURATION,
          ServingKinds.REVISION,
          ServingKinds.ROUTE,
          AppsKinds.DEPLOYMENT,
          AppsKinds.REPLICA_SET,
          CoreKinds.SERVICE,
          CoreKinds.ENDPOINTS);

  private final Path directory;
  private final StaticImage image;
  private final int services;

  IdleServices(Path directory, StaticImage image, int services) {
    this.services = services;
    this.directory = directory;
    this.image = image;
  }

  void run(Report report) {
    Path data = directory.resolve("idle");
    double each;
    try (EbbUp server = new EbbUp(data);
        ApiAccess api = new ApiAccess(server.record())) {
      ServingBench.load(server, image);
      ServiceFleet fleet = new ServiceFleet(api, image, services);
      fleet.growTo(services / 10);
      long few = heap(server);
      fleet.growTo(services / 5);
      each = (heap(server) - few) * 10.0 / services;
      fleet.growTo(services);
      fleet.report(report);
      new RouteChangeBench(services).run(report, server, api, image);
    }
    Path empty = directory.resolve("empty");
    new EbbUp(empty).close();
    stored(empty); // what this process loads once is no part of the difference
    double objects = (double) (stored(data) - stored(empty)) / services;
    report
        .row(TITLE, "%,d against %,d in one server".formatted(services / 10, services / 5))
        .put("all", each)
        .put("its objects", objects)
        .put("beyond them", each - objects)
        .put("target", 10_240);
  }

  /// When what was under way is over.
  private static long heap(EbbUp server) {
    LockSupport.parkNanos(15_000_000_000L);
    return HeapBytes.of(server.pid());
  }

  /// The bytes in the heap of a store and its objects, without any controller.
  private static long stored(Path data) {
    long before = HeapBytes.ofThisProcess();
    List<Informer> caches = new ArrayList<>();
    try (SqliteStore store = new SqliteStore(data.resolve("store/ebb.db"))) {
      LocalResources resources =
          new LocalResources(
              store,
              new DynamicKinds(new BuiltInKinds()),
              InstantSource.system(),
              IdSource.random());
      for (KindDefinition kind : KINDS) {
        caches.add(new Informer(resources, kind));
      }
      caches.forEach(Informer::start);
      for (Informer cache : caches) {
        cache.awaitSync();
      }
      return HeapBytes.ofThisProcess() - before;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      caches.forEach(Informer::close);
    }
  }
}
