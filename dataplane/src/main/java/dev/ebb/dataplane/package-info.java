/// The few types that the data plane and the control plane share.
@NullMarked
package dev.ebb.dataplane;

import org.jspecify.annotations.NullMarked;
