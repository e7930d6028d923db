/// Tests with real clients, real processes and the real program.
@NullMarked
package dev.ebb.e2e;

import org.jspecify.annotations.NullMarked;
