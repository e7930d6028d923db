/// What instances and the machine use of processor and memory, as rates over windows.
@NullMarked
package dev.ebb.node.usage;

import org.jspecify.annotations.NullMarked;
