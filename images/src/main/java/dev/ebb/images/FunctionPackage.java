package dev.ebb.images;

import java.nio.file.Path;

/// A function's code, unpacked.
///
/// @param digest of its manifest, `sha256:...`
/// @param root directory with the files; read-only and shared by all instances
public record FunctionPackage(String digest, FunctionPackageConfig config, Path root) {}
