/// Knative Serving: Service, Configuration, Revision, Route of `serving.knative.dev/v1`.
@NullMarked
package dev.ebb.kinds.serving;

import org.jspecify.annotations.NullMarked;
