/// Informer, work queue and conditions: one kit for every controller.
@NullMarked
package dev.ebb.reconcile;

import org.jspecify.annotations.NullMarked;
