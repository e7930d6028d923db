package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A group in each of the first version's hierarchies. A thread may be in a group there without the
/// rest of its process, and its children are born into that group: the thread that starts a
/// container is moved ahead of time, which a start need not wait for.
///
/// @param controllers directory of the group for `memory`, `cpu`, `cpuacct` and `pids`; some may be
///   the same
/// @param others directories that the runtime may have made beside them
record CgroupV1(String name, Map<String, Path> controllers, List<Path> others) implements Cgroup {
  static final List<String> CONTROLLERS = List.of("memory", "cpu", "cpuacct", "pids");
  private static final List<String> SHOWN = List.of("memory", "cpu");

  static CgroupV1 create(String name, Map<String, Path> parents, List<Path> others)
      throws IOException {
    CgroupV1 cgroup = named(name, parents, others);
    for (Path group : cgroup.directories()) {
      Files.createDirectories(group);
    }
    return cgroup;
  }

  /// One that may exist.
  static CgroupV1 named(String name, Map<String, Path> parents, List<Path> others) {
    return new CgroupV1(
        name,
        parents.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, it -> it.getValue().resolve(name))),
        others.stream().map(it -> it.resolve(name)).toList());
  }

  /// Moves a thread of this process.
  void enter(long thread) throws IOException {
    for (Path group : directories()) {
      CgroupFiles.write(group.resolve("tasks"), Long.toString(thread));
    }
  }

  /// Those in which language runtimes look for their limits: each costs the start a mount.
  @Override
  public Map<String, Path> hierarchies() {
    return controllers.entrySet().stream()
        .filter(one -> SHOWN.contains(one.getKey()))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private Set<Path> directories() {
    return new LinkedHashSet<>(controllers.values());
  }

  @Override
  public void limitFirst(Resources resources) throws IOException {
    Path memory = controllers.get("memory");
    if (memory != null && resources.memoryBytes().isPresent()) {
      String bytes = Long.toString(resources.memoryBytes().getAsLong());
      CgroupFiles.write(memory.resolve("memory.limit_in_bytes"), bytes);
      CgroupFiles.writeIfThere(memory.resolve("memory.memsw.limit_in_bytes"), bytes);
    }
    limitProcesses(resources, START_PROCESSES);
  }

  @Override
  public void limitRest(Resources resources) throws IOException {
    Path cpu = controllers.get("cpu");
    if (cpu != null && resources.cpuMillis().isPresent()) {
      CgroupFiles.write(cpu.resolve("cpu.cfs_period_us"), Long.toString(CpuShares.PERIOD_MICROS));
      CgroupFiles.write(
          cpu.resolve("cpu.cfs_quota_us"),
          Long.toString(CpuShares.quotaMicros(resources.cpuMillis().getAsInt())));
    }
    if (cpu != null) {
      CgroupFiles.write(cpu.resolve("cpu.shares"), Long.toString(CpuShares.shares(resources)));
    }
    limitProcesses(resources, 0);
  }

  private void limitProcesses(Resources resources, int more) throws IOException {
    Path pids = controllers.get("pids");
    if (pids != null && resources.pids().isPresent()) {
      CgroupFiles.write(
          pids.resolve("pids.max"), Integer.toString(resources.pids().getAsInt() + more));
    }
  }

  @Override
  public List<Long> processes() {
    return directories().stream()
        .flatMap(group -> CgroupFiles.processes(group).stream())
        // The thread that waits here for the next container is no process of one.
        .filter(pid -> pid != ProcessHandle.current().pid())
        .distinct()
        .toList();
  }

  @Override
  public ResourceUsage usage() {
    Path memory = controllers.getOrDefault("memory", Path.of("/"));
    long cached = CgroupFiles.field(memory.resolve("memory.stat"), "total_inactive_file").orElse(0);
    return new ResourceUsage(
        CgroupFiles.number(
            controllers.getOrDefault("cpuacct", Path.of("/")).resolve("cpuacct.usage")),
        Math.max(0, CgroupFiles.number(memory.resolve("memory.usage_in_bytes")) - cached),
        CgroupFiles.number(controllers.getOrDefault("pids", Path.of("/")).resolve("pids.current")));
  }

  @Override
  public boolean oomKilled() {
    Path memory = controllers.getOrDefault("memory", Path.of("/"));
    return CgroupFiles.field(memory.resolve("memory.oom_control"), "oom_kill").orElse(0) > 0;
  }

  @Override
  public boolean delete() {
    boolean gone = true;
    for (Path group : directories()) {
      gone &= CgroupFiles.delete(group);
    }
    for (Path group : others) {
      gone &= CgroupFiles.delete(group);
    }
    return gone;
  }
}
