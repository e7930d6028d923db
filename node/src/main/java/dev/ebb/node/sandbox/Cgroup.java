package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The control group of one container. Thread-safe; what it says of a group that is gone is empty
/// or zero.
sealed interface Cgroup permits CgroupV1, CgroupV2 {
  /// The last part of its path, in all hierarchies.
  String name();

  /// Processes of the start itself: the launcher's thread, crun and what it forks.
  int START_PROCESSES = 16;

  /// Its directories by the name that each has below `/sys/fs/cgroup` of its container; an empty
  /// name for `/sys/fs/cgroup` itself.
  Map<String, Path> hierarchies();

  /// What has to be in force before the first process: a program must not be able to take more
  /// before it is held. The number of processes is that of the start above its limit.
  void limitFirst(Resources resources) throws IOException;

  /// What may come when the program has started, so that the start itself does not count.
  void limitRest(Resources resources) throws IOException;

  /// Processes in it, as this machine numbers them. One that has ended and was not reaped is not
  /// among them.
  List<Long> processes();

  ResourceUsage usage();

  boolean oomKilled();

  /// @return false while processes are in it; true when it is gone
  boolean delete();
}
