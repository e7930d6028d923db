/// Label and field selectors: their grammar and what they match.
@NullMarked
package dev.ebb.resources.selector;

import org.jspecify.annotations.NullMarked;
