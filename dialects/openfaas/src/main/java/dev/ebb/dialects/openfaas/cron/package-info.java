/// Functions that are called at certain times, as OpenFaaS's cron-connector calls them: the
/// annotations `topic: cron-function` and `schedule`.
@NullMarked
package dev.ebb.dialects.openfaas.cron;

import org.jspecify.annotations.NullMarked;
