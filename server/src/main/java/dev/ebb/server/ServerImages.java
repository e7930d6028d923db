package dev.ebb.server;

import dev.ebb.apiserver.PathRoute;
import dev.ebb.images.Blobs;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.containers.ContentCollector;
import dev.ebb.images.containers.ImageAccess;
import dev.ebb.images.containers.ImageNames;
import dev.ebb.images.containers.ImageProofs;
import dev.ebb.images.containers.LocalImages;
import dev.ebb.images.distribution.ImageSource;
import dev.ebb.images.layers.LayerLimits;
import dev.ebb.images.layers.LayerStore;
import dev.ebb.images.registry.Registry;
import dev.ebb.images.registry.RegistryNames;
import dev.ebb.resources.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/// All content of the data directory's `images`, over one store: packages of functions, images and
/// the registry, and the one collector that knows what each of them needs.
final class ServerImages {
  private final Path directory;
  private final InstantSource clock;
  private final Blobs blobs;
  private final FunctionPackages packages;
  private final Registry registry;
  private final LocalImages images;
  private final AtomicReference<ContentCollector> collector = new AtomicReference<>();

  /// @param source makes the source of images that are not here
  /// @param addresses of this server's API, `localhost:6443`: images that are named by them are
  ///   those of its own registry
  ServerImages(
      Path directory,
      Function<Blobs, ImageSource> source,
      Supplier<Set<String>> addresses,
      ImageAccess access,
      InstantSource clock,
      OpenParts open)
      throws IOException {
    this.directory = directory;
    this.clock = clock;
    Files.createDirectories(directory);
    blobs = new Blobs(directory);
    packages = new FunctionPackages(directory, blobs);
    registry = new Registry(directory, blobs, clock);
    String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    LayerStore layers = open.add(new LayerStore(directory, blobs, LayerLimits.DEFAULT, bootId));
    images =
        new LocalImages(
            new ImageNames(directory, clock),
            new ImageProofs(directory),
            blobs,
            layers,
            source.apply(blobs),
            reference -> RegistryNames.normalise(reference, addresses.get()),
            registry::find,
            access);
  }

  FunctionPackages packages() {
    return packages;
  }

  /// What node and controllers see.
  LocalImages images() {
    return images;
  }

  Registry registry() {
    return registry;
  }

  /// For `ebb image`.
  PathRoute route() {
    return new ImageEndpoints(images, blobs, this::collector, clock).route();
  }

  /// Begins to delete what nothing names any more.
  void startCollecting(Resources resources, OpenParts open) throws IOException {
    ContentCollector.Uses uses =
        new ContentCollector.Uses(
            new PackagesInUse(resources),
            new ImagesInUse(resources),
            new PushedImages(registry, resources));
    collector.set(
        open.add(
            new ContentCollector(
                blobs, packages, images, uses, Files.getFileStore(directory), clock)));
  }

  private ContentCollector collector() {
    ContentCollector known = collector.get();
    if (known == null) {
      throw new IllegalStateException("the server is still starting");
    }
    return known;
  }
}
