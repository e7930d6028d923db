/// OpenFaaS: its gateway's REST API, for `faas-cli`, `curl` and whatever else speaks to an OpenFaaS
/// gateway or to faasd. A function of it is a Knative Service like any other.
///
/// Sources: the OpenFaaS gateway's OpenAPI document, its documentation of the paid edition's
/// scaling labels, the requests that faas-cli sends.
@NullMarked
package dev.ebb.dialects.openfaas;

import org.jspecify.annotations.NullMarked;
