/// Load on one URL, and what was measured of it: connections that are kept alive, latencies,
/// answers and failures. Knows nothing of Ebb's servers.
@NullMarked
package dev.ebb.cli.load;

import org.jspecify.annotations.NullMarked;
