/// Doubles for the tests of rooms that write resources.
@NullMarked
package dev.ebb.resources.testing;

import org.jspecify.annotations.NullMarked;
