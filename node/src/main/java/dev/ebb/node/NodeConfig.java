package dev.ebb.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// How a node runs instances. [#defaults] fits one machine; the `with` methods change single
/// values.
///
/// @param homeDirectory its `runtimes/` holds the language runtimes
/// @param dataDirectory for `instances/`, `work/` and `logs/`
/// @param runDirectory short, for the unix sockets in `i/`
/// @param instancesEndWithServer whatever ends the server, kill -9 too, ends the instances; else
///   they live on and the next server adopts them
/// @param maxInstances of all revisions together
/// @param standbys how many revisions without an instance have one made ahead, at most
/// @param memoryBytes what the memory limits of all instances may sum up to
/// @param defaultMemoryBytes what an instance without a limit counts for; it is not held to it
/// @param maxBodyBytes the largest request that a runtime buffers
/// @param logBytesPerInstance of output kept for each instance; the oldest goes first
/// @param logBytes of output kept for all instances
/// @param logAge how long the output of ended instances is kept
/// @param drainTimeout how long an instance that should go may finish requests before SIGTERM
/// @param shutdownTimeout how long `close` waits for all instances before SIGKILL
/// @param adoptionTimeout how long an adopted instance waits for its revision to be registered
public record NodeConfig(
    Path homeDirectory,
    Path dataDirectory,
    Path runDirectory,
    boolean instancesEndWithServer,
    int maxInstances,
    int standbys,
    long memoryBytes,
    long defaultMemoryBytes,
    long maxBodyBytes,
    long logBytesPerInstance,
    long logBytes,
    Duration logAge,
    Duration drainTimeout,
    Duration shutdownTimeout,
    Duration adoptionTimeout) {
  private static final long MIB = 1L << 20;

  // Leaves a fifth of the machine for the server, the page cache and everything else.
  private static final double MEMORY_SHARE = 0.8;
  // A Python instance of the bundled runtime has about 15 MiB resident, a Node one about 50.
  private static final long DEFAULT_MEMORY = 64 * MIB;
  // A process costs a few descriptors and a thousand of them still start and stop smoothly.
  private static final int MAX_INSTANCES = 1000;
  // One takes about a MiB, so all of them less than a hundredth of the memory.
  private static final int MOST_STANDBYS = 256;
  private static final long MEMORY_PER_STANDBY = 128 * MIB;

  public static NodeConfig defaults(Path home, Path data, Path run) {
    return new NodeConfig(
        home,
        data,
        run,
        false,
        MAX_INSTANCES,
        (int) Math.min(MOST_STANDBYS, memoryTotal() / MEMORY_PER_STANDBY),
        (long) (memoryTotal() * MEMORY_SHARE),
        DEFAULT_MEMORY,
        // What Lambda's synchronous calls and OpenFaaS's gateway are usually given, rounded up.
        16 * MIB,
        10 * MIB,
        1024 * MIB,
        Duration.ofDays(7),
        // The longest request timeout that Knative allows by default.
        Duration.ofMinutes(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }

  public NodeConfig withInstancesEndWithServer(boolean value) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        value,
        maxInstances,
        standbys,
        memoryBytes,
        defaultMemoryBytes,
        maxBodyBytes,
        logBytesPerInstance,
        logBytes,
        logAge,
        drainTimeout,
        shutdownTimeout,
        adoptionTimeout);
  }

  public NodeConfig withBudget(int instances, long memory) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        instances,
        standbys,
        memory,
        defaultMemoryBytes,
        maxBodyBytes,
        logBytesPerInstance,
        logBytes,
        logAge,
        drainTimeout,
        shutdownTimeout,
        adoptionTimeout);
  }

  public NodeConfig withStandbys(int value) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        maxInstances,
        value,
        memoryBytes,
        defaultMemoryBytes,
        maxBodyBytes,
        logBytesPerInstance,
        logBytes,
        logAge,
        drainTimeout,
        shutdownTimeout,
        adoptionTimeout);
  }

  public NodeConfig withLogs(long perInstance, long all, Duration age) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        maxInstances,
        standbys,
        memoryBytes,
        defaultMemoryBytes,
        maxBodyBytes,
        perInstance,
        all,
        age,
        drainTimeout,
        shutdownTimeout,
        adoptionTimeout);
  }

  public NodeConfig withTimeouts(Duration drain, Duration shutdown, Duration adoption) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        maxInstances,
        standbys,
        memoryBytes,
        defaultMemoryBytes,
        maxBodyBytes,
        logBytesPerInstance,
        logBytes,
        logAge,
        drain,
        shutdown,
        adoption);
  }

  /// From `MemTotal` of proc_meminfo(5), in kB.
  private static long memoryTotal() {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
