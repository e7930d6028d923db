/// The data plane: route, admit, queue, forward, stream, measure.
@NullMarked
package dev.ebb.gateway;

import org.jspecify.annotations.NullMarked;
