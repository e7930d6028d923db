package dev.ebb.images.layers;

import java.nio.file.Path;

/// A layer that is unpacked.
///
/// @param diffId digest of its archive
/// @param files directory to be a lower layer of an overlay
/// @param bytes of the archive
/// @param opaque whether it hides all layers below it
public record Layer(String diffId, Path files, long bytes, boolean opaque) {}
