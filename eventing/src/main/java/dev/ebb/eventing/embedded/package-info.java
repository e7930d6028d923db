/// The event log in files of this machine.
///
/// **One log for all streams.** Whatever happens, an event appended, a lease, an acknowledgement,
/// is an entry ([EntryBuffer]) behind the last one in one file, the active segment. [Journal]
/// writes what all threads have for it at once and syncs once ([OpQueue]: group commit); only then
/// does it become visible and are futures completed. Streams and cursors are nothing on the disk
/// but numbers in entries, so a thousand of them cost what one costs.
///
/// **Files.** `NUMBER-SALT.segment`: a header ([SegmentHeader]), then entries. `NUMBER-SALT.index`:
/// where in a closed segment the events of each stream are ([IndexFile]); it can be made anew from
/// the segment. `ID.payload`: a payload too large for the log, synced before the entry that names
/// it.
///
/// **A segment begins with a checkpoint**: all streams and cursors as they are. So what was said
/// about them before is needed no more, a closed segment holds events only, and recovery reads one
/// segment ([Recovery]). A segment appears under its name when its checkpoint is durable.
///
/// **Nothing is written in place and no file is appended to twice**: after a crash, a failed sync
/// and at every start the log goes on in a new segment, whose header says how much of the one
/// before counts.
///
/// **In memory** are per stream and segment some hundred bytes ([Extent]); of the newest segments
/// 16 bytes per event; per event in the hands of a cursor some 150.
///
/// **Cleaning** ([Cleaner]) deletes segments of which nothing is needed, and copies what is needed
/// of segments that are mostly waste into a new one, which counts instead of them as soon as it has
/// its name.
@NullMarked
package dev.ebb.eventing.embedded;

import org.jspecify.annotations.NullMarked;
