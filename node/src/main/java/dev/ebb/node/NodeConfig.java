package dev.ebb.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// How a node runs instances. [#defaults] fits one machine; the `with` methods change what belongs
/// together.
///
/// @param homeDirectory its `runtimes/` holds the language runtimes
/// @param dataDirectory for `instances/`, `work/` and `logs/`
/// @param runDirectory short, for the unix sockets in `i/`
/// @param instancesEndWithServer whatever ends the server, kill -9 too, ends the instances; else
///   they live on and the next server adopts them
/// @param maxBodyBytes the largest request that a runtime buffers
public record NodeConfig(
    Path homeDirectory,
    Path dataDirectory,
    Path runDirectory,
    boolean instancesEndWithServer,
    long maxBodyBytes,
    Budget budget,
    Logs logs,
    Timeouts timeouts) {
  private static final long MIB = 1L << 20;

  /// What instances may take of the machine.
  ///
  /// @param maxInstances of all revisions together
  /// @param standbys how many revisions without an instance have one made ahead, at most
  /// @param memoryBytes what the memory limits of all instances may sum up to
  /// @param defaultMemoryBytes what an instance without a limit counts for; it is not held to it
  public record Budget(int maxInstances, int standbys, long memoryBytes, long defaultMemoryBytes) {
    // Leaves a fifth of the machine for the server, the page cache and everything else.
    private static final double MEMORY_SHARE = 0.8;
    // A Python instance of the bundled runtime has about 15 MiB resident, a Node one about 50.
    private static final long DEFAULT_MEMORY = 64 * MIB;
    // A process costs a few descriptors and a thousand of them still start and stop smoothly.
    private static final int MAX_INSTANCES = 1000;
    // One takes about a MiB, so all of them less than a hundredth of the memory.
    private static final int MOST_STANDBYS = 256;
    private static final long MEMORY_PER_STANDBY = 128 * MIB;

    static Budget of(long memoryTotal) {
      return new Budget(
          MAX_INSTANCES,
          (int) Math.min(MOST_STANDBYS, memoryTotal / MEMORY_PER_STANDBY),
          (long) (memoryTotal * MEMORY_SHARE),
          DEFAULT_MEMORY);
    }
  }

  /// How much of what instances print is kept.
  ///
  /// @param bytesPerInstance the oldest goes first
  /// @param bytes of all instances
  /// @param age of ended instances' output
  public record Logs(long bytesPerInstance, long bytes, Duration age) {
    static final Logs DEFAULT = new Logs(10 * MIB, 1024 * MIB, Duration.ofDays(7));
  }

  /// How long is waited.
  ///
  /// @param drain an instance that should go may finish requests for so long before SIGTERM
  /// @param farewell one on which only upgraded connections are left after so long gets SIGTERM
  ///   then, so that its program can say goodbye on them
  /// @param shutdown `close` waits so long for all instances before SIGKILL
  /// @param adoption an adopted instance waits so long for its revision to be registered
  public record Timeouts(Duration drain, Duration farewell, Duration shutdown, Duration adoption) {
    // The longest request timeout that Knative allows by default, and how long its queue proxy
    // waits
    // for the last new request.
    static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
  }

  public static NodeConfig defaults(Path home, Path data, Path run) {
    return new NodeConfig(
        home,
        data,
        run,
        false,
        // What Lambda's synchronous calls and OpenFaaS's gateway are usually given, rounded up.
        16 * MIB,
        Budget.of(memoryTotal()),
        Logs.DEFAULT,
        Timeouts.DEFAULT);
  }

  public NodeConfig withInstancesEndWithServer(boolean value) {
    return new NodeConfig(
        homeDirectory, dataDirectory, runDirectory, value, maxBodyBytes, budget, logs, timeouts);
  }

  public NodeConfig withBudget(int instances, long memory) {
    return with(new Budget(instances, budget.standbys(), memory, budget.defaultMemoryBytes()));
  }

  public NodeConfig withStandbys(int value) {
    return with(
        new Budget(
            budget.maxInstances(), value, budget.memoryBytes(), budget.defaultMemoryBytes()));
  }

  private NodeConfig with(Budget other) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        maxBodyBytes,
        other,
        logs,
        timeouts);
  }

  public NodeConfig with(Logs other) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        maxBodyBytes,
        budget,
        other,
        timeouts);
  }

  public NodeConfig with(Timeouts other) {
    return new NodeConfig(
        homeDirectory,
        dataDirectory,
        runDirectory,
        instancesEndWithServer,
        maxBodyBytes,
        budget,
        logs,
        other);
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
