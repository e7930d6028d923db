package dev.ebb.server;

import dev.ebb.images.distribution.Descriptor;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.PullListener;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How far one pull is, in bytes as they are transferred. What is here already counts as done.
final class PullProgress implements PullListener {
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, Long> done = new ConcurrentHashMap<>();
  private volatile long total;

  @Override
  public void progress(String digest, long bytes, long size) {
    done.put(digest, bytes);
  }

  @Override
  public void found(ImageManifest manifest) {
    // An image may have a layer twice; it comes once.
    Map<String, Long> sizes =
        new HashMap<>(Map.of(manifest.config().digest(), manifest.config().size()));
    for (Descriptor layer : manifest.layers()) {
      sizes.put(layer.digest(), layer.size());
    }
    total = sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  long bytes() {
    return done.values().stream().mapToLong(Long::longValue).sum();
  }

  /// `total` is 0 until the manifest is here.
  JsonNode json() {
    long all = total;
    long bytes = bytes();
    String state = all == 0 ? "resolving" : bytes < all ? "pulling" : "unpacking";
    return JSON.createObjectNode()
        .put("state", state)
        .put("bytes", all == 0 ? 0 : bytes)
        .put("total", all);
  }
}
