package dev.ebb.images.containers;

import dev.ebb.images.distribution.ImageReference;
import java.nio.file.Path;
import java.util.List;

/// An image whose layers are directories, held against collection until it is closed. Every
/// [ContainerImages#open] gives a hold of its own; an instance that outlives the server is held
/// again by the server that adopts it.
///
/// @param reference as it was asked for, with a digest
/// @param digest of the manifest for this machine's platform
/// @param layers lowest first; read-only and shared by all containers, with owners shifted by
///   [dev.ebb.images.layers.ImageOwners#BASE] and whiteouts as overlayfs knows them
/// @param hold what closing ends; closing twice does nothing
public record ContainerImage(
    ImageReference reference, String digest, ImageConfig config, List<Path> layers, Runnable hold)
    implements AutoCloseable {
  public ContainerImage {
    layers = List.copyOf(layers);
  }

  @Override
  public void close() {
    hold.run();
  }
}
