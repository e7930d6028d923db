/// The ebb command: a client of the API, nothing else.
@NullMarked
package dev.ebb.cli;

import org.jspecify.annotations.NullMarked;
