package dev.ebb.images.containers;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.ebb.images.Blobs;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.ImageSource;
import dev.ebb.images.distribution.ManifestDocument;
import dev.ebb.images.distribution.Permit;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.images.distribution.PullListener;
import dev.ebb.images.distribution.PulledImage;
import dev.ebb.images.layers.LayerLimits;
import dev.ebb.images.layers.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The images of a machine in a directory, and the registries around it.
abstract class ImageMachine {
  static final ImageReference TAGGED = ImageReference.parse("example.com/hello:v1");
  static final PullCredentials NONE = PullCredentials.none();

  @TempDir Path directory;
  final Remote remote = new Remote();
  final Set<String> inUse = new HashSet<>();
  final Map<ImageReference, String> pushed = new HashMap<>();
  final Pushes pushes = new Pushes();
  Instant now = Instant.now();
  Blobs blobs;
  LayerStore layers;
  LocalImages images;
  ContentCollector collector;

  @BeforeEach
  final void open() throws IOException {
    open("boot-1");
  }

  @AfterEach
  void close() {
    collector.close();
    layers.close();
  }

  final void open(String bootId) throws IOException {
    blobs = new Blobs(directory);
    layers = new LayerStore(directory, blobs, LayerLimits.DEFAULT, bootId);
    images =
        new LocalImages(
            new ImageNames(directory, () -> now),
            new ImageProofs(directory),
            blobs,
            layers,
            remote,
            reference ->
                reference.host().equals("localhost:6443")
                    ? new ImageReference(
                        LocalImages.REGISTRY,
                        reference.repository(),
                        reference.tag(),
                        reference.digest())
                    : reference,
            reference -> Optional.ofNullable(pushed.get(reference)),
            (user, repository) ->
                user.serviceAccount().equals("friend")
                    ? Optional.empty()
                    : Optional.of("no " + repository));
    collector =
        new ContentCollector(
            blobs,
            new FunctionPackages(directory, blobs),
            images,
            new ContentCollector.Uses(Set::of, this::inUse, pushes),
            Files.getFileStore(directory),
            () -> now);
  }

  void reopen(String bootId) throws IOException {
    close();
    open(bootId);
  }

  Set<String> inUse() {
    if (inUse.contains("fail")) {
      throw new IllegalStateException("the store is away (a test)");
    }
    return inUse;
  }

  List<String> names() {
    return images.list().stream().map(image -> image.reference().toString()).toList();
  }

  ImageFiles store(ImageFiles image) throws IOException {
    for (var blob : image.blobs.values()) {
      blobs.write(blob, Instant.now());
    }
    return image;
  }

  /// The registry here; it notes what it is asked to collect.
  static final class Pushes implements ContentCollector.Pushed {
    final Map<Instant, Set<String>> asked = new HashMap<>();

    @Override
    public List<String> collect(Set<String> used, Instant before) {
      asked.put(before, used);
      return List.of();
    }

    @Override
    public Set<String> digests() {
      return Set.of();
    }
  }

  /// A registry in memory.
  final class Remote implements ImageSource {
    private final Map<String, ImageFiles> tags = new HashMap<>();
    final List<String> pulls = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    final Set<Credential> accepted = new HashSet<>(); // None: anybody is served.
    boolean untilUnpacked;
    Optional<Reason> failure = Optional.empty();

    ImageFiles serve(ImageReference reference, ImageFiles image) {
      tags.put(reference.toString(), image);
      return image;
    }

    @Override
    public Permit resolve(ImageReference image, PullCredentials credentials) {
      asked.add(image.toString());
      if (failure.isPresent()) {
        throw new ImageException(failure.get(), "a test");
      }
      var known = credentials.matching(image).stream().filter(accepted::contains).findFirst();
      if (!accepted.isEmpty() && known.isEmpty()) {
        throw new ImageException(Reason.UNAUTHORIZED, image + ": a test");
      }
      var digest =
          image.digest().isEmpty()
              ? Optional.ofNullable(tags.get(image.toString())).map(found -> found.manifest)
              : tags.entrySet().stream()
                  .filter(entry -> entry.getKey().startsWith(image.name() + ":"))
                  .map(entry -> entry.getValue().manifest)
                  .filter(image.digest().get()::equals)
                  .findFirst();
      return new Permit(
          digest.orElseThrow(() -> new ImageException(Reason.NOT_FOUND, image + ": a test")),
          known);
    }

    @Override
    public PulledImage pull(
        ImageReference image, PullCredentials credentials, PullListener listener) {
      pulls.add(image.toString());
      var digest = image.digest().orElseThrow();
      var found =
          tags.values().stream()
              .filter(served -> served.manifest.equals(digest))
              .findFirst()
              .orElseThrow();
      try {
        store(found);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      var manifest =
          (ImageManifest)
              ManifestDocument.parse(requireNonNull(found.blobs.get(found.manifest)), "");
      listener.found(manifest);
      manifest.layers().forEach(listener::arrived);
      if (untilUnpacked) {
        await().atMost(Duration.ofMinutes(1)).until(() -> images.isReady(image));
      }
      return new PulledImage(digest, digest, manifest);
    }
  }

  static PullCredentials credentials(String user) {
    return PullCredentials.ofSecret(
        "kubernetes.io/dockerconfigjson",
        Map.of(
            ".dockerconfigjson",
            "{\"auths\":{\"example.com\":{\"username\":\"%s\",\"password\":\"geheim\"}}}"
                .formatted(user)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}
