package dev.ebb.images.distribution;

/// An image whose blobs are all in the content store.
///
/// @param named digest of what the reference named: the index, or the manifest itself
/// @param digest of the manifest for this machine's platform
public record PulledImage(String named, String digest, ImageManifest manifest) {}
