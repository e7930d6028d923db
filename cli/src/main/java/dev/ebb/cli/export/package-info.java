/// Services as manifests that can be deployed again, here or by a peer's client.
@NullMarked
package dev.ebb.cli.export;

import org.jspecify.annotations.NullMarked;
