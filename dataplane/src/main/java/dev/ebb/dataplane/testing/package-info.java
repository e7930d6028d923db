/// Doubles of the data plane's ports, for the tests of the rooms around it.
@NullMarked
package dev.ebb.dataplane.testing;

import org.jspecify.annotations.NullMarked;
