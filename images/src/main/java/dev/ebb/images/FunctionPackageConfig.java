package dev.ebb.images;

/// What is known of a function's code besides its files.
///
/// @param runtime name of the language runtime: `python`, `nodejs`
/// @param handler what to call, `name` or `module.name`; empty when the runtime finds it
/// @param entrypoint the file to load first, relative to the package's root
public record FunctionPackageConfig(String runtime, String handler, String entrypoint) {}
