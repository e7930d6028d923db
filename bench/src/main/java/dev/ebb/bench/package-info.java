/// Measurements, side by side with peers and the machine's limits.
@NullMarked
package dev.ebb.bench;

import org.jspecify.annotations.NullMarked;
