package dev.ebb.bench;

import dev.ebb.store.SqliteStore;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Ten thousand services at zero in one server: how fast they are made, what one of them needs in
/// the heap, and how fast one changed Route among theirs is in force.
///
/// An idle service's part of the heap is the difference between a server with all of them and the
/// same one with half. What is bounded, whatever the number of services is (the store's history,
/// the trees of objects that were looked at last), is full of something else at both times. What
/// the service's objects need is measured apart: this process opens the server's store when that
/// has ended. So they are counted once, as text; whatever else the server makes of them is beyond.
final class IdleServices {
  private static final String TITLE = "heap of a Knative Service at zero, bytes";

  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

  /// Below what the server does not keep as a tree, and the store's history is full of 560.
  private static final int FILLER_BYTES = 60_000;

  private static final int FILLERS = 600;

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
      fleet.growTo(services / 2);
      long half = heap(server, api);
      fleet.growTo(services);
      each = (double) (heap(server, api) - half) / (services - services / 2);
      fleet.report(report);
      new RouteChangeBench(services).run(report, server, api, image);
    }
    Path empty = directory.resolve("empty");
    new EbbUp(empty).close();
    stored(empty); // what this process loads once is no part of the difference
    Stored nothing = stored(empty);
    Stored all = stored(data);
    double stored = (double) (all.heap() - nothing.heap()) / services;
    double events =
        stored * (all.events() - nothing.events()) / (double) (all.text() - nothing.text());
    report
        .row(TITLE, "%,d against %,d in one server".formatted(services / 2, services))
        .put("all", each)
        .put("its objects", stored - events)
        .put("its Events", events)
        .put("beyond them", each - stored)
        .put("target", 10_240);
  }

  /// When what was under way is over.
  private static long heap(EbbUp server, ApiAccess api) {
    LockSupport.parkNanos(15_000_000_000L);
    String filler =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"generateName\":\"filler-\"}}";
    String name = ApiAccess.json(api.create(CONFIG_MAPS, filler)).at("/metadata/name").asString("");
    for (int i = 0; i < FILLERS; i++) {
      fill(api, name, i + "-".repeat(FILLER_BYTES));
    }
    long bytes = HeapBytes.of(server.pid());
    fill(api, name, "");
    return bytes;
  }

  private static void fill(ApiAccess api, String name, String text) {
    api.merge(CONFIG_MAPS + "/" + name, "{\"data\":{\"text\":\"%s\"}}".formatted(text));
  }

  /// @param heap bytes of the heap with a store in it and nothing else
  /// @param text bytes of all keys and values in it
  /// @param events of Events
  private record Stored(long heap, long text, long events) {}

  private static Stored stored(Path data) {
    long before = HeapBytes.ofThisProcess();
    try (SqliteStore store = new SqliteStore(data.resolve("store/ebb.db"))) {
      long heap = HeapBytes.ofThisProcess() - before;
      return new Stored(heap, text(store, ""), text(store, "//events/"));
    }
  }

  private static long text(SqliteStore store, String prefix) {
    return store.list(prefix, "", 0, 0).entries().stream()
        .mapToLong(entry -> entry.key().length() + entry.value().length)
        .sum();
  }
}
