/// The list of the kinds that the program has before any is added to it.
@NullMarked
package dev.ebb.kinds.builtin;

import org.jspecify.annotations.NullMarked;
