package dev.ebb.images;

import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.images.distribution.PullListener;
import dev.ebb.images.distribution.Puller;
import dev.ebb.images.distribution.RegistriesConfig;
import dev.ebb.images.layers.LayerLimits;
import dev.ebb.images.layers.LayerStore;
import dev.ebb.images.registry.Registry;
import dev.ebb.images.registry.Repository;
import dev.ebb.images.registry.UploadChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/// What [LargeImageTest] runs with little memory: pulls an image, unpacks it, and pushes its layer
/// to a registry of its own.
final class LargeImageUser {
  private LargeImageUser() {}

  /// @param arguments the image, and a directory
  public static void main(String[] arguments) throws IOException {
    var directory = Path.of(arguments[1]);
    var blobs = new Blobs(directory.resolve("images"));
    try (var puller = new Puller(blobs, RegistriesConfig.DEFAULT);
        var layers =
            new LayerStore(directory.resolve("images"), blobs, LayerLimits.DEFAULT, "boot")) {
      var image =
          puller.pull(
              ImageReference.parse(arguments[0]), PullCredentials.none(), PullListener.NONE);
      var layer = image.manifest().layers().getFirst();
      var unpacked = layers.require(List.of(layer), List.of(layer.digest())).getFirst();
      System.out.println("unpacked " + Files.size(unpacked.files().resolve("large")));

      var registry = new Registry(directory.resolve("images"), blobs, InstantSource.system());
      var repository = new Repository("team/large");
      var upload = registry.uploads().begin(repository);
      try (var content = blobs.open(layer.digest())) {
        registry.uploads().finish(repository, upload, UploadChunk.of(content), layer.digest());
      }
      System.out.println("pushed " + layer.digest());
    }
  }
}
