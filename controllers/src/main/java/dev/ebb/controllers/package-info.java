/// Reconcilers of Knative Serving, Function and the mirrored workloads.
@NullMarked
package dev.ebb.controllers;

import org.jspecify.annotations.NullMarked;
