/// The local driver of Resources: the Kubernetes API over a store, and what keeps it tidy.
@NullMarked
package dev.ebb.resources.local;

import org.jspecify.annotations.NullMarked;
