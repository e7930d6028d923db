package dev.ebb.kinds.extensions;

/// The versions of CustomResourceDefinition itself.
enum CrdVersion {
  V1,
  /// Knows schemas and sub-resources for all versions together, and asks for no schema.
  V1BETA1
}
