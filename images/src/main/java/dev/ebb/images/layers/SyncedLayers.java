package dev.ebb.images.layers;

import dev.ebb.images.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Which layers would outlive a loss of power. `syncfs` takes as long as the disk has to write, so
/// it runs behind, once for all layers that were unpacked meanwhile; then a file `synced` is made
/// in each. Without it a layer counts only until the machine starts anew.
final class SyncedLayers implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SyncedLayers.class.getName());
  private static final String END = "";

  private final Path layers;
  private final String bootId;
  private final BlockingQueue<String> unsynced = new LinkedBlockingQueue<>();
  private final Thread thread;

  SyncedLayers(Path layers, String bootId) {
    this.layers = layers;
    this.bootId = bootId;
    thread = Thread.ofPlatform().daemon().name("sync-layers").start(this::run);
  }

  /// Writes down what is known of a layer, and in which run of the machine it was unpacked.
  void describe(Path layer, long bytes, boolean opaque) throws IOException {
    Files.writeString(
        layer.resolve("layer"), "%d %s %s\n".formatted(bytes, opaque ? "opaque" : "-", bootId));
  }

  Optional<Layer> read(String diffId) {
    var layer = layers.resolve(Digest.hex(diffId));
    try {
      var words = Files.readString(layer.resolve("layer")).strip().split(" ");
      return Optional.of(
          new Layer(
              diffId, layer.resolve("files"), Long.parseLong(words[0]), words[1].equals("opaque")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// To be written to the disk soon.
  void later(String diffId) {
    unsynced.add(diffId);
  }

  /// Directories of layers that may not have reached the disk when the machine went down.
  List<Path> lost() throws IOException {
    List<Path> lost = new ArrayList<>();
    try (var all = Files.newDirectoryStream(layers)) {
      for (var layer : all) {
        if (!Files.exists(layer.resolve("synced")) && !isOfThisBoot(layer)) {
          lost.add(layer);
        }
      }
    }
    return lost;
  }

  private boolean isOfThisBoot(Path layer) throws IOException {
    try {
      return Files.readString(layer.resolve("layer")).strip().endsWith(" " + bootId);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void close() {
    unsynced.add(END);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        List<String> together = new ArrayList<>(List.of(unsynced.take()));
        unsynced.drainTo(together);
        boolean end = together.remove(END);
        if (!together.isEmpty()) {
          sync(together);
        }
        if (end) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sync(List<String> diffIds) {
    try (var files = new LinuxFiles()) {
      int directory = files.openDirectory(layers.toString());
      try {
        files.sync(directory);
      } finally {
        files.close(directory);
      }
      for (var diffId : diffIds) {
        var layer = layers.resolve(Digest.hex(diffId));
        if (Files.isDirectory(layer)) {
          Files.writeString(layer.resolve("synced"), "");
        }
      }
    } catch (IOException | LinuxException e) {
      LOG.log(
          Level.WARNING,
          "layers could not be written to the disk yet; they will be unpacked"
              + " again when the machine was restarted",
          e);
    }
  }
}
