/// main: reads the configuration, wires the rooms, starts the roles.
@NullMarked
package dev.ebb.server;

import org.jspecify.annotations.NullMarked;
