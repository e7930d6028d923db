/// The kind Function of `ebb.dev/v1`: source code that becomes a Knative Service.
@NullMarked
package dev.ebb.kinds.functions;

import org.jspecify.annotations.NullMarked;
