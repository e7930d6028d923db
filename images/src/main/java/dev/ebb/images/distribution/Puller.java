package dev.ebb.images.distribution;

import dev.ebb.images.Blobs;
import dev.ebb.images.PackageMissingException;
import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Pulls images from registries into the content store.
///
/// ```
/// try (var puller = new Puller(blobs, RegistriesConfig.DEFAULT)) {
///   var image = puller.pull(ImageReference.parse("nginx"), PullCredentials.none(), PullListener.NONE);
/// }
/// ```
///
/// The manifest is stored last, so that a manifest in the store has all its blobs there. Closing it
/// interrupts what is under way; what was transferred is kept for the next time.
public final class Puller implements ImageSource, AutoCloseable {
  /// As many as fill the network of one machine; each holds a connection and a buffer.
  private static final int TRANSFERS = 32;

  /// Of one image, so that a slow registry leaves room for others.
  private static final int TRANSFERS_OF_IMAGE = 6;

  /// No image's configuration comes near it.
  private static final long CONFIG_BYTES = 16 << 20;

  private final Blobs blobs;
  private final PullLimits limits;
  private final Platform machine;
  private final HttpTransport transport;
  private final Endpoints endpoints;
  private final RegistrySession.Kit kit;
  private final ManifestFinder manifests;
  private final SharedWork downloads = new SharedWork();
  private final Semaphore transfers = new Semaphore(TRANSFERS, true);
  private final CountDownLatch closed;

  public Puller(Blobs blobs, RegistriesConfig config) {
    this(
        blobs,
        config,
        Platform.ofThisMachine(),
        RetryPolicy.DEFAULT,
        InstantSource.system(),
        new CountDownLatch(1));
  }

  private Puller(
      Blobs blobs,
      RegistriesConfig config,
      Platform machine,
      RetryPolicy retries,
      InstantSource clock,
      CountDownLatch closed) {
    this(blobs, config, machine, retries, untilClosed(closed), clock, closed);
  }

  Puller(
      Blobs blobs,
      RegistriesConfig config,
      Platform machine,
      RetryPolicy retries,
      Pause pause,
      InstantSource clock) {
    this(blobs, config, machine, retries, pause, clock, new CountDownLatch(1));
  }

  private Puller(
      Blobs blobs,
      RegistriesConfig config,
      Platform machine,
      RetryPolicy retries,
      Pause pause,
      InstantSource clock,
      CountDownLatch closed) {
    this.blobs = blobs;
    this.limits = config.limits();
    this.machine = machine;
    this.closed = closed;
    transport = new HttpTransport(config);
    endpoints = new Endpoints(config, transport);
    var authorizer = new Authorizer(transport, clock);
    kit = new RegistrySession.Kit(transport, authorizer, retries, pause, clock);
    manifests = new ManifestFinder(blobs, machine, clock);
  }

  @Override
  public Permit resolve(ImageReference image, PullCredentials credentials) {
    try {
      return new RemoteImage(kit, endpoints, image, credentials).permit();
    } catch (InterruptedException e) {
      throw interrupted(image);
    }
  }

  @Override
  public PulledImage pull(
      ImageReference image, PullCredentials credentials, PullListener listener) {
    var remote = new RemoteImage(kit, endpoints, image, credentials);
    try {
      var found = manifests.find(remote);
      var manifest = found.image().manifest();
      checkKind(image, manifest);
      checkLimits(image, manifest);
      ConfigPlatform.check(image, config(remote, manifest.config(), listener), machine);
      listener.found(manifest);
      obtainAll(remote, manifest.layers(), listener);
      // A pull may take longer than the collector leaves what nothing names.
      obtainAll(remote, everything(manifest), PullListener.NONE);
      for (var document : found.documents().reversed()) {
        blobs.write(document, kit.clock().instant());
      }
      return found.image();
    } catch (IOException e) {
      throw DiskFull.toImageException(image, e);
    } catch (InterruptedException e) {
      throw interrupted(image);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    downloads.close();
    transport.close();
  }

  private static void checkKind(ImageReference image, ImageManifest manifest) {
    var config = manifest.config().mediaType();
    if (!MediaTypes.isImageConfig(config)) {
      var type = manifest.artifactType().isEmpty() ? config : manifest.artifactType();
      throw new ImageException(
          Reason.INVALID, image + ": it is not a container image but '" + type + "'");
    }
    for (var layer : manifest.layers()) {
      try {
        LayerCompression.of(layer.mediaType());
      } catch (ImageException e) {
        throw new ImageException(e.reason(), image + ": " + e.getMessage(), e);
      }
    }
  }

  private void checkLimits(ImageReference image, ImageManifest manifest) throws IOException {
    if (manifest.layers().size() > limits.layers()) {
      throw new ImageException(
          Reason.TOO_LARGE,
          "%s: it has %d layers; at most %d are allowed"
              .formatted(image, manifest.layers().size(), limits.layers()));
    }
    if (manifest.config().size() > CONFIG_BYTES) {
      throw new ImageException(
          Reason.TOO_LARGE, image + ": its configuration is larger than 16 MiB");
    }
    long all = 0;
    long missing = 0;
    for (var blob : distinct(everything(manifest))) {
      // Each is at most the limit, so that a sum of sizes that a stranger wrote cannot overflow.
      if (blob.size() > limits.bytes() || (all += blob.size()) > limits.bytes()) {
        throw new ImageException(
            Reason.TOO_LARGE,
            "%s: it is larger than the %d MiB that are allowed"
                .formatted(image, limits.bytes() >> 20));
      }
      missing += blobs.has(blob.digest()) ? 0 : blob.size();
    }
    long usable = blobs.usableBytes();
    if (missing > usable) {
      throw DiskFull.tooLittle(image, missing, usable);
    }
  }

  private byte[] config(RemoteImage remote, Descriptor config, PullListener listener)
      throws IOException, InterruptedException {
    obtain(remote, config, listener);
    try {
      return blobs.read(config.digest());
    } catch (PackageMissingException e) {
      // The disk lost it, or a collector took it in between.
      blobs.delete(config.digest());
      obtain(remote, config, listener);
      return blobs.read(config.digest());
    }
  }

  /// In parallel; the first failure cancels the others.
  private void obtainAll(RemoteImage remote, List<Descriptor> wanted, PullListener listener)
      throws IOException, InterruptedException {
    List<Descriptor> absent = new ArrayList<>();
    for (var blob : distinct(wanted)) {
      if (isHere(blob)) {
        listener.progress(blob.digest(), blob.size(), blob.size());
        listener.arrived(blob);
      } else {
        absent.add(blob);
      }
    }
    if (absent.isEmpty()) {
      return;
    }
    var ofImage = new Semaphore(TRANSFERS_OF_IMAGE, true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var finished = new ExecutorCompletionService<Boolean>(threads);
      List<Future<Boolean>> all = new ArrayList<>();
      for (var blob : absent) {
        all.add(
            finished.submit(() -> {
              ofImage.acquire();
              try {
                obtain(remote, blob, listener);
                listener.arrived(blob);
              } finally {
                ofImage.release();
              }
              return true;
            }));
      }
      try {
        for (int i = 0; i < all.size(); i++) {
          finished.take().get();
        }
      } catch (ExecutionException e) {
        throw unwrapped(Objects.requireNonNullElse(e.getCause(), e));
      } finally {
        all.forEach(it -> it.cancel(true));
      }
    }
  }

  private void obtain(RemoteImage remote, Descriptor blob, PullListener listener)
      throws IOException, InterruptedException {
    if (isHere(blob)) {
      listener.progress(blob.digest(), blob.size(), blob.size());
      return;
    }
    downloads.run(
        blob.digest(),
        shared -> {
          transfers.acquire();
          try {
            new BlobDownload(blobs, kit, remote, blob, shared).run();
          } finally {
            transfers.release();
          }
        },
        listener);
  }

  private boolean isHere(Descriptor blob) throws IOException {
    return blobs.claim(blob.digest(), kit.clock().instant())
        && blobs.size(blob.digest()) == blob.size();
  }

  private static List<Descriptor> everything(ImageManifest manifest) {
    List<Descriptor> all = new ArrayList<>(manifest.layers());
    all.add(manifest.config());
    return all;
  }

  /// An image may have the same layer twice.
  private static List<Descriptor> distinct(List<Descriptor> blobs) {
    Map<String, Descriptor> distinct = new LinkedHashMap<>();
    blobs.forEach(it -> distinct.putIfAbsent(it.digest(), it));
    return List.copyOf(distinct.values());
  }

  private static RuntimeException unwrapped(Throwable cause)
      throws IOException, InterruptedException {
    return switch (cause) {
      case IOException e -> throw e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(cause);
    };
  }

  private static ImageException interrupted(ImageReference image) {
    Thread.currentThread().interrupt();
    return new ImageException(Reason.UNREACHABLE, image + ": the pull was cancelled");
  }

  private static Pause untilClosed(CountDownLatch closed) {
    return (Duration time) -> {
      if (closed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new InterruptedException();
      }
    };
  }
}
