/// Every kind as records over its JSON, with schema, defaults, validation and status transitions.
@NullMarked
package dev.ebb.kinds;

import org.jspecify.annotations.NullMarked;
