/// The kinds of `openfaas.com/v1`: Function, which becomes a Knative Service, and Profile.
@NullMarked
package dev.ebb.kinds.openfaas;

import org.jspecify.annotations.NullMarked;
