package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A group of the unified hierarchy (cgroup-v2.rst of the kernel).
record CgroupV2(String name, Path directory) implements Cgroup {
  static CgroupV2 create(String name, Path parent) throws IOException {
    Path directory = parent.resolve(name);
    Files.createDirectories(directory);
    return new CgroupV2(name, directory);
  }

  @Override
  public Map<String, Path> hierarchies() {
    return Map.of("", directory);
  }

  /// A process moves itself by writing 0 to this.
  Path entrance() {
    return directory.resolve("cgroup.procs");
  }

  @Override
  public void limitFirst(Resources resources) throws IOException {
    if (resources.memoryBytes().isPresent()) {
      CgroupFiles.write(
          directory.resolve("memory.max"), Long.toString(resources.memoryBytes().getAsLong()));
      CgroupFiles.writeIfThere(directory.resolve("memory.swap.max"), "0");
    }
    limitProcesses(resources, START_PROCESSES);
  }

  @Override
  public void limitRest(Resources resources) throws IOException {
    if (resources.cpuMillis().isPresent()) {
      CgroupFiles.write(
          directory.resolve("cpu.max"),
          CpuShares.quotaMicros(resources.cpuMillis().getAsInt()) + " " + CpuShares.PERIOD_MICROS);
    }
    CgroupFiles.writeIfThere(
        directory.resolve("cpu.weight"), Long.toString(CpuShares.weight(resources)));
    limitProcesses(resources, 0);
  }

  private void limitProcesses(Resources resources, int more) throws IOException {
    if (resources.pids().isPresent()) {
      CgroupFiles.write(
          directory.resolve("pids.max"), Integer.toString(resources.pids().getAsInt() + more));
    }
  }

  @Override
  public List<Long> processes() {
    return CgroupFiles.processes(directory);
  }

  @Override
  public ResourceUsage usage() {
    long cached = CgroupFiles.field(directory.resolve("memory.stat"), "inactive_file").orElse(0);
    return new ResourceUsage(
        CgroupFiles.field(directory.resolve("cpu.stat"), "usage_usec").orElse(0) * 1000,
        Math.max(0, CgroupFiles.number(directory.resolve("memory.current")) - cached),
        CgroupFiles.number(directory.resolve("pids.current")));
  }

  @Override
  public boolean oomKilled() {
    return CgroupFiles.field(directory.resolve("memory.events"), "oom_kill").orElse(0) > 0;
  }

  @Override
  public boolean delete() {
    return CgroupFiles.delete(directory);
  }
}
