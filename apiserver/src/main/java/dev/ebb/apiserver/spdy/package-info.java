/// SPDY/3.1, as far as Kubernetes' streams need it.
@NullMarked
package dev.ebb.apiserver.spdy;

import org.jspecify.annotations.NullMarked;
