/// The storage of the built-in registry: repositories, uploads, manifests, tags and referrers, as
/// the OCI distribution specification has them. No HTTP here.
@NullMarked
package dev.ebb.images.registry;

import org.jspecify.annotations.NullMarked;
