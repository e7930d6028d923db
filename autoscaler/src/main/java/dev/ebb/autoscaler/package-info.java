/// How many instances each revision should have.
@NullMarked
package dev.ebb.autoscaler;

import org.jspecify.annotations.NullMarked;
