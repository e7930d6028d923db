package dev.ebb.images.containers;

import dev.ebb.images.Blobs;
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
import dev.ebb.images.registry.RegistryException;
import dev.ebb.images.registry.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
  private final ImageProofs proofs;
  private final LocalManifests manifests;
  private final LayerStore layers;
  private final ImageSource source;
  private final UnaryOperator<ImageReference> canonical;
  private final Function<ImageReference, Optional<String>> registry;
  private final ImageAccess access;
  private final Map<String, Integer> held = new HashMap<>();

  /// @param canonical gives a reference to this server's own address the host [#REGISTRY]
  /// @param registry the digest that a reference of that host means; its content is in the store
  /// @param access to repositories of that host
  public LocalImages(
      ImageNames names,
      ImageProofs proofs,
      Blobs blobs,
      LayerStore layers,
      ImageSource source,
      UnaryOperator<ImageReference> canonical,
      Function<ImageReference, Optional<String>> registry,
      ImageAccess access) {
    this.names = names;
    this.proofs = proofs;
    this.manifests = new LocalManifests(blobs, InstantSource.system());
    this.layers = layers;
    this.source = source;
    this.canonical = canonical;
    this.registry = registry;
    this.access = access;
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
    if (reference.host().equals(REGISTRY)) {
      return registry.apply(reference).orElseThrow(() -> notHere(reference));
    }
    try {
      var permit = source.resolve(reference, credentials);
      proofs.add(reference.withDigest(permit.digest()), permit.credential());
      return permit.digest();
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
    prove(reference, credentials);
    return openProven(asked, reference, credentials, listener);
  }

  /// Content that is here is for those only to whom its registry gives it too: whoever has not
  /// shown that yet has to ask, once.
  private void prove(ImageReference reference, PullCredentials credentials) {
    if (!reference.host().equals(REGISTRY)
        && !isLoaded(reference.digest().orElseThrow())
        && !proofs.has(reference, credentials)) {
      proofs.add(reference, source.resolve(reference, credentials).credential());
    }
  }

  /// A file that an administrator loaded is for all, but under a name of the registry here.
  private boolean isLoaded(String digest) {
    return names.withDigest(digest).stream()
        .anyMatch(known -> known.isOnlyHere() && !known.reference().host().equals(REGISTRY));
  }

  private ContainerImage openProven(
      ImageReference asked,
      ImageReference reference,
      PullCredentials credentials,
      PullListener listener) {
    var digest = reference.digest().orElseThrow().intern(); // a hold is kept for each revision
    var release = hold(digest);
    try (var early = new EarlyLayers(layers, manifests::config, listener)) {
      var found = manifests.find(digest).orElseGet(() -> pull(reference, credentials, early));
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
  public void require(ImageReference image, ImageUser user) {
    var reference = canonical.apply(image);
    if (!reference.host().equals(REGISTRY)) {
      return;
    }
    requireRepository(reference, user);
    // The content store is one for all: what another repository has must not be had by its digest.
    if (reference.digest().isPresent()
        && registry.apply(reference).isEmpty()
        && names.withDigest(reference.digest().get()).stream()
            .noneMatch(known -> known.reference().name().equals(reference.name()))) {
      throw notHere(reference);
    }
  }

  private void requireRepository(ImageReference reference, ImageUser user) {
    Repository repository;
    try {
      repository = new Repository(reference.repository());
    } catch (RegistryException e) {
      throw new ImageException(Reason.INVALID, reference + ": " + e.getMessage(), e);
    }
    var namespace = repository.namespace();
    if (namespace.isEmpty() || namespace.get().equals(user.namespace())) {
      return;
    }
    access
        .refusal(user, repository)
        .ifPresent(why -> {
          throw new ImageException(Reason.UNAUTHORIZED, "403 Forbidden: " + why);
        });
  }

  @Override
  public Optional<ContainerImage> hold(ImageReference image) {
    var reference = canonical.apply(image);
    return reference.digest().isPresent() && isReady(reference)
        ? Optional.of(openProven(reference, reference, PullCredentials.none(), PullListener.NONE))
        : Optional.empty();
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

  /// Forgets who may have images that are not here any more.
  void retainProofs() {
    proofs.retain(manifests::has);
  }

  private Set<String> roots() {
    var roots = held();
    roots.addAll(names.digests());
    return roots;
  }

  private LocalManifests.Found pull(
      ImageReference reference, PullCredentials credentials, PullListener listener) {
    if (reference.host().equals(REGISTRY)) {
      throw notHere(reference);
    }
    var pulled = source.pull(reference, credentials, listener);
    return new LocalManifests.Found(pulled.digest(), pulled.manifest());
  }

  private static ImageException notHere(ImageReference reference) {
    return new ImageException(
        Reason.NOT_FOUND,
        "%s: not found in this server's registry; push it, or `ebb image load` it"
            .formatted(reference));
  }

  private static void check(
      ImageReference reference, ImageConfig config, LocalManifests.Found found) {
    var image = new Platform(config.os(), config.architecture(), config.variant());
    if (!Platform.ofThisMachine().runs(image)) {
      throw new ImageException(
          Reason.WRONG_PLATFORM,
          "%s: the image is for %s, this machine is %s"
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

  /// What has no name yet gets one, so that it stays; what was asked for by a tag, that name too.
  private void note(ImageReference asked, ImageReference reference, String digest) {
    var known = names.withDigest(digest);
    known.forEach(image -> names.used(image.reference()));
    boolean tagged = known.stream().anyMatch(image -> image.reference().equals(asked));
    boolean mine = names.find(asked).filter(NamedImage::isOnlyHere).isPresent();
    if (known.isEmpty() || (asked.digest().isEmpty() && !tagged && !mine)) {
      names.put(asked.digest().isEmpty() ? asked : reference, digest, Origin.PULLED);
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

  /// Forgets a name; what it named goes with the next collection, unless it has another name or is
  /// in use.
  ///
  /// @return whether there was such a name
  public boolean remove(ImageReference reference) {
    return names.remove(canonical.apply(reference));
  }

  /// Gives a name to an image that was stored here, if it can be run.
  ///
  /// @throws ImageException as [#open]
  public NamedImage name(ImageReference reference, String digest) {
    var name = canonical.apply(reference);
    var exact = name.withDigest(digest);
    openProven(exact, exact, PullCredentials.none(), PullListener.NONE).close();
    var named = names.put(name, digest, Origin.LOADED);
    names
        .find(name.withDigest(digest))
        .filter(image -> !image.reference().equals(name))
        .ifPresent(image -> names.remove(image.reference()));
    return named;
  }

  /// The digests that the name of an image in an object of the API means here; none for what is no
  /// name.
  Set<String> digestsOf(String image) {
    try {
      var reference = canonical.apply(ImageReference.parse(image));
      Set<String> digests = new HashSet<>();
      reference.digest().ifPresent(digests::add);
      names.find(reference).ifPresent(known -> digests.add(known.digest()));
      return digests;
    } catch (ImageException e) {
      return Set.of();
    }
  }
}
