/// Asynchronous calls: accepted when they are durable, delivered later, at least once.
///
/// [AsyncCalls] takes a call and its body into a stream of the event log, one per queue and
/// function ([Streams]). [Dispatcher] leases what is ready, within what each function can take
/// ([Lane]), and has each call made on a virtual thread by [CallDelivery]. What a function answers
/// is an event again, if somebody is to be told: [CallbackDelivery] tells it. What failed for good
/// goes to a stream of dead letters ([DeadLetters]), with the reason.
///
/// How a call reaches its function, and what is known of functions, others say: [CallSender] and
/// [CallTargets].
@NullMarked
package dev.ebb.eventing.calls;

import org.jspecify.annotations.NullMarked;
