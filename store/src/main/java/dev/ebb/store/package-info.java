/// A revisioned log of keyed bytes with watch and compaction; drivers SQLite and memory.
@NullMarked
package dev.ebb.store;

import org.jspecify.annotations.NullMarked;
