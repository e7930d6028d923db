/// Container images as the rooms above see them: resolved, unpacked, leased, named and collected.
@NullMarked
package dev.ebb.images.containers;

import org.jspecify.annotations.NullMarked;
