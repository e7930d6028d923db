/// The patch formats of the Kubernetes API as pure functions over JSON trees.
@NullMarked
package dev.ebb.resources.patch;

import org.jspecify.annotations.NullMarked;
