/// The OCI distribution protocol, under `/v2/` at the API server, over the registry in `images`.
@NullMarked
package dev.ebb.server.registry;

import org.jspecify.annotations.NullMarked;
