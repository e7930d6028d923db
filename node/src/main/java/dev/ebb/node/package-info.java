/// Instances on this machine: processes, sockets, logs, budget, adoption.
@NullMarked
package dev.ebb.node;

import org.jspecify.annotations.NullMarked;
