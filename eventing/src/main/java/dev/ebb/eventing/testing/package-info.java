/// Doubles for tests: a disk that loses power, is full, or fails. Never wired.
@NullMarked
package dev.ebb.eventing.testing;

import org.jspecify.annotations.NullMarked;
