package dev.ebb.images.containers;

import dev.ebb.images.containers.NamedImage.Origin;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.ImageSource;
import dev.ebb.images.distribution.Platform;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.images.distribution.PullListener;
import dev.ebb.images.layers.Layer;
import dev.ebb.images.layers.LayerStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The images of this machine: names, content and unpacked layers in one directory, and a source
/// for what is not here.
public final class LocalImages implements ContainerImages {
  /// The host of images that this server's own registry holds.
  public static final String REGISTRY = "registry.ebb.dev";

  private static final Logger LOG = System.getLogger(LocalImages.class.getName());

  /// As many as overlayfs stacks (`OVL_MAX_STACK`).
  private static final int LAYERS = 500;

  private final ImageNames names;
  private final LocalManifests manifests;
  private final LayerStore layers;
  private final ImageSource source;
  private final UnaryOperator<ImageReference> canonical;
  private final Map<String, Integer> held = new HashMap<>();

  /// @param canonical gives a reference to this server's own address the host [#REGISTRY]
  public LocalImages(
      ImageNames names,
      LocalManifests manifests,
      LayerStore layers,
      ImageSource source,
      UnaryOperator<ImageReference> canonical) {
    this.names = names;
    this.manifests = manifests;
    this.layers = layers;
    this.source = source;
    this.canonical = canonical;
  }

  @Override
  public String resolve(ImageReference image, PullCredentials credentials) {
    var reference = canonical.apply(image);
    if (reference.digest().isPresent()) {
      return reference.digest().get();
    }
    var known = names.find(reference);
    if (known.isPresent() && known.get().isOnlyHere()) {
      return known.get().digest();
    }
    requireElsewhere(reference);
    try {
      return source.resolve(reference, credentials);
    } catch (ImageException e) {
      // A machine without its network runs what it has.
      if (e.reason() == Reason.UNREACHABLE && known.isPresent() && !Thread.interrupted()) {
        LOG.log(Level.WARNING, "taking {0} as last pulled: {1}", reference, e.getMessage());
        return known.get().digest();
      }
      throw e;
    }
  }

  @Override
  public ContainerImage open(ImageReference image, PullCredentials credentials) {
    return open(image, credentials, PullListener.NONE);
  }

  /// As [#open], telling how far the pull is.
  public ContainerImage open(
      ImageReference image, PullCredentials credentials, PullListener listener) {
    var asked = canonical.apply(image);
    var reference =
        asked.digest().isPresent() ? asked : asked.withDigest(resolve(asked, credentials));
    var digest = reference.digest().orElseThrow();
    var release = hold(digest);
    try {
      var found = manifests.find(digest).orElseGet(() -> pull(reference, credentials, listener));
      var config = manifests.config(found.manifest());
      check(reference, config, found);
      var unhold = layers.hold(config.diffIds());
      try {
        var unpacked = layers.require(found.manifest().layers(), config.diffIds());
        note(asked, reference, digest);
        Runnable both =
            () -> {
              unhold.run();
              release.run();
            };
        return new ContainerImage(reference, found.digest(), config, stack(unpacked), both);
      } catch (RuntimeException e) {
        unhold.run();
        throw e;
      }
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  @Override
  public boolean isReady(ImageReference image) {
    var reference = canonical.apply(image);
    var digest =
        reference.digest().or(() -> names.find(reference).map(NamedImage::digest)).orElse("");
    return !digest.isEmpty()
        && manifests
            .find(digest)
            .filter(found ->
                manifests.config(found.manifest()).diffIds().stream()
                    .allMatch(diffId -> layers.find(diffId).isPresent()))
            .isPresent();
  }

  /// Digests that an open image was asked for by.
  Set<String> held() {
    synchronized (held) {
      return new HashSet<>(held.keySet());
    }
  }

  /// The blobs that the images which have a name, or are open, are made of.
  public Set<String> blobs() {
    Set<String> all = new HashSet<>();
    roots().forEach(digest -> all.addAll(manifests.reachable(digest)));
    return all;
  }

  /// Deletes unpacked layers of images that neither have a name nor are open.
  ///
  /// @return bytes that were freed, about
  long retainLayers() {
    Set<String> diffIds = new HashSet<>();
    for (var digest : roots()) {
      manifests
          .find(digest)
          .ifPresent(found -> diffIds.addAll(manifests.config(found.manifest()).diffIds()));
    }
    try {
      return layers.retain(diffIds);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<String> roots() {
    var roots = held();
    roots.addAll(names.digests());
    return roots;
  }

  private LocalManifests.Found pull(
      ImageReference reference, PullCredentials credentials, PullListener listener) {
    requireElsewhere(reference);
    var pulled = source.pull(reference, credentials, listener);
    return new LocalManifests.Found(pulled.digest(), pulled.manifest());
  }

  private static void requireElsewhere(ImageReference reference) {
    if (reference.host().equals(REGISTRY)) {
      throw new ImageException(
          Reason.NOT_FOUND,
          "%s: not found in this server's registry; push it, or `ebb image load` it"
              .formatted(reference));
    }
  }

  private static void check(
      ImageReference reference, ImageConfig config, LocalManifests.Found found) {
    var image = new Platform(config.os(), config.architecture(), config.variant());
    if (!Platform.ofThisMachine().runs(image)) {
      throw new ImageException(
          Reason.WRONG_PLATFORM,
          "%s is for %s; this machine runs %s"
              .formatted(reference, image, Platform.ofThisMachine()));
    }
    int count = found.manifest().layers().size();
    if (count != config.diffIds().size()) {
      throw new ImageException(
          Reason.INVALID,
          "%s has %d layers and %d diff ids".formatted(reference, count, config.diffIds().size()));
    }
    if (count > LAYERS) {
      throw new ImageException(
          Reason.TOO_LARGE,
          "%s has %d layers; %d are possible".formatted(reference, count, LAYERS));
    }
  }

  /// What was pulled gets its name when it is whole; what was asked for by a tag, that name too.
  private void note(ImageReference asked, ImageReference reference, String digest) {
    for (var name : Set.of(asked, reference)) {
      var known = names.find(name);
      if (known.isPresent() && known.get().digest().equals(digest)) {
        names.used(name);
      } else if (!reference.host().equals(REGISTRY)
          && known.filter(NamedImage::isOnlyHere).isEmpty()) {
        names.put(name, digest, Origin.PULLED);
      }
    }
  }

  /// The directories of an overlay, lowest first: nothing below a layer that hides all, and each
  /// directory once, where it is highest, for overlayfs refuses one that is there twice.
  private static List<Path> stack(List<Layer> layers) {
    List<Path> stack = new ArrayList<>();
    for (var layer : layers.reversed()) {
      if (!stack.contains(layer.files())) {
        stack.add(layer.files());
      }
      if (layer.opaque()) {
        break;
      }
    }
    return stack.reversed();
  }

  private Runnable hold(String digest) {
    synchronized (held) {
      held.merge(digest, 1, Integer::sum);
    }
    var ended = new boolean[1];
    return () -> {
      synchronized (held) {
        if (!ended[0]) {
          ended[0] = true;
          held.computeIfPresent(digest, (key, count) -> count == 1 ? null : count - 1);
        }
      }
    };
  }

  /// All names, with what they cost.
  public List<NamedImage> list() {
    return names.list();
  }

  /// In bytes, as stored; 0 when it is not here.
  public long size(NamedImage image) {
    return manifests.size(image.digest());
  }

  Optional<NamedImage> find(ImageReference reference) {
    return names.find(canonical.apply(reference));
  }
}
