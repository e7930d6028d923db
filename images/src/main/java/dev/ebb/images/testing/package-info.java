/// Doubles for the tests of what uses images.
@NullMarked
package dev.ebb.images.testing;

import org.jspecify.annotations.NullMarked;
