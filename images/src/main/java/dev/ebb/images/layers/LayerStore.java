package dev.ebb.images.layers;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.Descriptor;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.LayerCompression;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// The unpacked layers of all images, each once: `layers/sha256/DIFF-ID/files`.
///
/// A layer is unpacked to a temporary directory, and gets its name when it is whole and has the
/// diff id that its image says. It depends on no other layer, so images share what they have in
/// common, whatever lies below it. Nothing is forced to the disk before a container may use it: the
/// blob it came from is on the disk, so a layer that was not surely written when the machine went
/// down ([SyncedLayers]) is unpacked again.
///
/// Thread-safe. Blocks on the disk; unpacks as many layers at a time as there are processors.
public final class LayerStore implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LayerStore.class.getName());

  private final Path layers;
  private final Path temporaries;
  private final Blobs blobs;
  private final LayerUnpacker unpacker;
  private final SyncedLayers synced;
  private final ExecutorService threads;
  private final AtomicLong count = new AtomicLong();
  private final Map<String, Integer> holds = new HashMap<>();
  private final Map<String, Future<Layer>> underway = new HashMap<>();

  /// Deletes what an earlier server left unfinished.
  ///
  /// @param directory of the images; `layers` is made in it
  /// @param blobs where the packed layers are
  /// @param bootId of the machine's present run
  public LayerStore(Path directory, Blobs blobs, LayerLimits limits, String bootId)
      throws IOException {
    this(directory, blobs, new LayerUnpacker(limits, LayerOwners.ofThisProcess()), bootId);
  }

  LayerStore(Path directory, Blobs blobs, LayerUnpacker unpacker, String bootId)
      throws IOException {
    this.blobs = blobs;
    this.unpacker = unpacker;
    layers = Files.createDirectories(directory.resolve("layers/sha256"));
    temporaries = directory.resolve("layers/.tmp");
    LayerTrees.delete(temporaries);
    Files.createDirectories(temporaries);
    synced = new SyncedLayers(layers, bootId);
    for (var lost : synced.lost()) {
      LayerTrees.delete(lost);
    }
    // Platform threads: decoding and system calls hold whatever they run on.
    threads =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("unpack-", 0).factory());
  }

  /// The layer, unpacked if it is not yet; callers that want the same share the work. To be called
  /// with a hold on it.
  ///
  /// @param blob the packed layer
  /// @param diffId of the unpacked archive, as the image's configuration says
  /// @throws ImageException INVALID, DIGEST_MISMATCH, TOO_LARGE, NO_SPACE, or NOT_FOUND when the
  ///   blob is not here; nothing is left then. UNREACHABLE when the thread is interrupted
  public Layer require(Descriptor blob, String diffId) {
    return await(begin(blob, diffId));
  }

  /// Begins to unpack a layer that somebody will soon [require][#require]; a failure is told to
  /// them. To be called with a hold on it.
  public void prepare(Descriptor blob, String diffId) {
    if (Digest.isValid(diffId)) {
      var ignored = begin(blob, diffId);
    }
  }

  /// All layers of an image, unpacked in parallel.
  ///
  /// @param diffIds as many as there are blobs
  public List<Layer> require(List<Descriptor> layers, List<String> diffIds) {
    List<Future<Layer>> begun = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      begun.add(begin(layers.get(i), diffIds.get(i)));
    }
    return begun.stream().map(LayerStore::await).toList();
  }

  /// The layer if it is unpacked.
  public Optional<Layer> find(String diffId) {
    return Digest.isValid(diffId) ? synced.read(diffId) : Optional.empty();
  }

  /// Holds layers that are or will be here: none is deleted until the hold is ended.
  ///
  /// @return ends the hold; doing it twice does nothing
  public Runnable hold(List<String> diffIds) {
    synchronized (holds) {
      diffIds.forEach(diffId -> holds.merge(diffId, 1, Integer::sum));
    }
    var ended = new boolean[1];
    return () -> {
      synchronized (holds) {
        if (!ended[0]) {
          ended[0] = true;
          diffIds.forEach(
              diffId -> holds.computeIfPresent(diffId, (key, n) -> n == 1 ? null : n - 1));
        }
      }
    };
  }

  /// Deletes the layers that are neither named nor held.
  ///
  /// @return the bytes that were freed, about
  public long retain(Set<String> diffIds) throws IOException {
    List<Path> removed = new ArrayList<>();
    long freed = 0;
    try (var all = Files.newDirectoryStream(layers)) {
      for (var layer : all) {
        var diffId = "sha256:" + layer.getFileName();
        if (diffIds.contains(diffId)) {
          continue;
        }
        synchronized (holds) {
          if (!holds.containsKey(diffId)) {
            freed += find(diffId).map(Layer::bytes).orElse(0L);
            var away = temporary();
            Files.move(layer, away, ATOMIC_MOVE);
            removed.add(away);
          }
        }
      }
    }
    for (var layer : removed) {
      LayerTrees.delete(layer);
    }
    return freed;
  }

  /// Waits for the layers that are being unpacked.
  @Override
  public void close() {
    threads.close();
    synced.close();
  }

  private Future<Layer> begin(Descriptor blob, String diffId) {
    if (!Digest.isValid(diffId)) {
      throw new ImageException(
          Reason.INVALID, "the image's configuration has a diff id that is no sha256 digest");
    }
    var present = find(diffId);
    if (present.isPresent()) {
      return CompletableFuture.completedFuture(present.get());
    }
    synchronized (underway) {
      var known = underway.get(diffId);
      if (known != null) {
        return known;
      }
      var task =
          threads.submit(() -> {
            try {
              var there = find(diffId);
              return there.isPresent() ? there.get() : unpack(blob, diffId);
            } finally {
              synchronized (underway) {
                underway.remove(diffId);
              }
            }
          });
      underway.put(diffId, task);
      return task;
    }
  }

  private Layer unpack(Descriptor blob, String diffId) throws IOException {
    var temporary = temporary();
    try {
      var files = Files.createDirectories(temporary.resolve("files"));
      var trash = Files.createDirectory(temporary.resolve("trash"));
      LayerUnpacker.Result result;
      var compression = LayerCompression.of(blob.mediaType());
      try (var in = blobs.open(blob.digest())) {
        result = unpacker.unpack(in, blobs.size(blob.digest()), compression, diffId, files, trash);
      }
      LayerTrees.delete(trash);
      synced.describe(temporary, result.bytes(), result.opaque());
      Files.move(temporary, layers.resolve(Digest.hex(diffId)), ATOMIC_MOVE);
      synced.later(diffId);
      if (!result.notes().isEmpty()) {
        LOG.log(Level.INFO, "layer {0}: {1}", diffId, String.join("; ", result.notes()));
      }
      return find(diffId).orElseThrow();
    } catch (NoSuchFileException e) {
      throw new ImageException(
          Reason.NOT_FOUND, "the layer %s is not here any more".formatted(blob.digest()), e);
    } catch (FileSystemException e) {
      throw noSpace(e).orElseThrow(() -> e);
    } finally {
      LayerTrees.delete(temporary);
    }
  }

  /// Java tells a full disk by its message alone.
  private static Optional<ImageException> noSpace(FileSystemException e) {
    var full = LinuxFiles.message(LinuxFiles.ENOSPC);
    return full.equals(e.getReason())
        ? Optional.of(LayerBudget.noSpace("the disk is full"))
        : Optional.empty();
  }

  private Path temporary() {
    return temporaries.resolve(Long.toString(count.incrementAndGet()));
  }

  private static Layer await(Future<Layer> layer) {
    try {
      return layer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException(Reason.UNREACHABLE, "unpacking was interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ImageException known ->
            throw new ImageException(known.reason(), String.valueOf(known.getMessage()), e);
        case IOException io -> throw new java.io.UncheckedIOException(io);
        case RuntimeException other -> throw other;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
