/// What a write means; the port Resources and its local driver.
@NullMarked
package dev.ebb.resources;

import org.jspecify.annotations.NullMarked;
