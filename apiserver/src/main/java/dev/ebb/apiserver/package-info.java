/// The Kubernetes wire protocol over Resources.
@NullMarked
package dev.ebb.apiserver;

import org.jspecify.annotations.NullMarked;
