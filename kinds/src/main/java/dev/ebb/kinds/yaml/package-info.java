/// Objects as text: YAML and JSON as kubectl reads and writes them.
@NullMarked
package dev.ebb.kinds.yaml;

import org.jspecify.annotations.NullMarked;
