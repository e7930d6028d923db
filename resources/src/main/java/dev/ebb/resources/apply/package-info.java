/// Server-side apply: who owns which field, and what follows from it, as pure functions.
@NullMarked
package dev.ebb.resources.apply;

import org.jspecify.annotations.NullMarked;
