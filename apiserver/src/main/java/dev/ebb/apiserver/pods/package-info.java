/// The streaming sub-resources of Pods: port-forward, exec and attach.
@NullMarked
package dev.ebb.apiserver.pods;

import org.jspecify.annotations.NullMarked;
