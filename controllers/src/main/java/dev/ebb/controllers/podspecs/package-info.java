/// Kubernetes's PodSpec in the words of the data plane. Pure.
@NullMarked
package dev.ebb.controllers.podspecs;

import org.jspecify.annotations.NullMarked;
