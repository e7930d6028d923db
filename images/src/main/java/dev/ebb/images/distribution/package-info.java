/// Images as registries hold and name them: references, manifests, credentials, and pulling them
/// into the content store. Formats: OCI image specification 1.1 and Docker's schema 2; protocol:
/// OCI distribution specification 1.1.
@NullMarked
package dev.ebb.images.distribution;

import org.jspecify.annotations.NullMarked;
