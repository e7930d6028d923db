package dev.ebb.images.containers;

import dev.ebb.images.distribution.Descriptor;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.PullListener;
import dev.ebb.images.layers.LayerStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Begins to unpack each layer of a pull when it arrives, while others are still on their way. What
/// comes of it is asked for when the pull is over, as if nothing had begun.
///
/// Closing it ends its hold on the layers.
final class EarlyLayers implements PullListener, AutoCloseable {
  private final LayerStore layers;
  private final Function<ImageManifest, ImageConfig> configs;
  private final PullListener listener;
  private final Map<String, String> diffIds = new ConcurrentHashMap<>();
  private volatile Runnable hold = () -> {};

  /// @param configs reads the configuration of an image from the store
  /// @param listener is told everything too
  EarlyLayers(
      LayerStore layers, Function<ImageManifest, ImageConfig> configs, PullListener listener) {
    this.layers = layers;
    this.configs = configs;
    this.listener = listener;
  }

  @Override
  public void progress(String digest, long done, long size) {
    listener.progress(digest, done, size);
  }

  @Override
  public void found(ImageManifest manifest) {
    listener.found(manifest);
    List<String> known = configs.apply(manifest).diffIds();
    if (known.size() != manifest.layers().size()) {
      return; // Who opens the image says so.
    }
    hold = layers.hold(known);
    for (int layer = 0; layer < known.size(); layer++) {
      diffIds.put(manifest.layers().get(layer).digest(), known.get(layer));
    }
  }

  @Override
  public void arrived(Descriptor layer) {
    listener.arrived(layer);
    var diffId = diffIds.get(layer.digest());
    if (diffId != null) {
      layers.prepare(layer, diffId);
    }
  }

  @Override
  public void close() {
    hold.run();
  }
}
