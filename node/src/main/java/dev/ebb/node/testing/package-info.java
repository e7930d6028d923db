/// Doubles of what needs root, for tests.
@NullMarked
package dev.ebb.node.testing;

import org.jspecify.annotations.NullMarked;
