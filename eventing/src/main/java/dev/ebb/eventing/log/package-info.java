/// The event log: named streams of events, read through durable cursors. The port only.
///
/// A stream is an order of acceptance: each event has a sequence number, 1 and up, never used
/// twice. A cursor is one reader's place in a stream; a stream has any number of them, and none
/// disturbs another. A cursor leases events out; who got one acknowledges it, gives it back for
/// later, or lets the lease lapse. Delivery is at least once: an event comes again when a lease
/// lapses or when the process ends before the acknowledgement was durable.
///
/// ```
/// EventStream queue = log.open("async/default", StreamSettings.queue());
/// long sequence = queue.append(new NewEvent(headers, body)).join(); // durable now
/// EventCursor cursor = queue.cursor("delivery", CursorSettings.fromBeginning());
/// for (Delivery delivery : cursor.lease(16, Duration.ofSeconds(30), Duration.ofSeconds(10))) {
///   delivery.acknowledge();
/// }
/// ```
@NullMarked
package dev.ebb.eventing.log;

import org.jspecify.annotations.NullMarked;
