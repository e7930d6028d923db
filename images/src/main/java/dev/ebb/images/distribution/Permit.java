package dev.ebb.images.distribution;

import java.util.Optional;

/// A registry's answer that an image may be had.
///
/// @param digest of the index or, where the name means one image only, of its manifest
/// @param credential that it was given for; empty when anybody may have it
public record Permit(String digest, Optional<Credential> credential) {}
