/// What is done later: the event log, and all that is delivered from it.
///
/// [dev.ebb.eventing.log] is the port; [dev.ebb.eventing.embedded] keeps events in files of this
/// machine.
@NullMarked
package dev.ebb.eventing;

import org.jspecify.annotations.NullMarked;
