package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.EventLogException;

/// Something for the log to do. Its methods are called by the writing thread: [#stage], then
/// [#publish] and [#complete] when it is durable, else [#unstage]; then it is staged again, or
/// [#refuse] is called.
interface Op {

  /// How much memory it holds while it waits, in bytes.
  int weight();

  /// Whether nobody waits for it: it is written with the next that somebody waits for, or a little
  /// later.
  default boolean isLazy() {
    return false;
  }

  /// Whether it makes the log larger for good: refused first when the disk is full.
  default boolean isGrowth() {
    return false;
  }

  /// Puts its entries into the buffer.
  ///
  /// @throws EventLogException when it is to be refused; nothing else is
  void stage(EntryBuffer out);

  /// Makes it visible.
  ///
  /// @param segment where it is
  /// @param base where the buffer of [#stage] is in the file
  void publish(Segment segment, long base);

  /// Tells who waits. What hangs on futures may run within.
  void complete();

  /// Undoes [#stage].
  default void unstage() {}

  /// Tells who waits that it is not done.
  void refuse(EventLogException reason);
}
