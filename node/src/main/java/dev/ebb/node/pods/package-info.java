/// One instance that consists of containers: its plan, its life from the lease of a network to its
/// clean-up, its probes, restarts and records.
@NullMarked
package dev.ebb.node.pods;

import org.jspecify.annotations.NullMarked;
