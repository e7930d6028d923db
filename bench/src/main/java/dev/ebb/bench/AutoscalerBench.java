package dev.ebb.bench;

import dev.ebb.autoscaler.Autoscaler;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.StatsSource;
import dev.ebb.dataplane.Subscription;
import dev.ebb.dataplane.Workload;
import dev.ebb.gateway.Gateway;
import dev.ebb.gateway.GatewayConfig;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// What the autoscaler's thread costs with ten thousand revisions, at its own pace: it reads the
/// gateway's statistics every second and decides every two. The gateway is the real one; where
/// there is to be load, its answers are replaced by loads that move, and what is scaled is ready at
/// once.
final class AutoscalerBench {
  private static final int REVISIONS = 10_000;
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration MEASURED = Duration.ofSeconds(30);
  private static final String TITLE = "autoscaler, 10,000 revisions, a decision each every 2 s";

  /// Half of the processor's time on one core would be 50.
  private static final double TARGET = 5;

  void run(Report report) {
    measure(report, "all at zero", false);
    measure(report, "all under load that moves", true);
  }

  private static void measure(Report report, String label, boolean load) {
    Progress.step("autoscaler, " + label);
    ReadyAtOnce instances = new ReadyAtOnce();
    Gateway gateway = new Gateway(GatewayConfig.defaults(0), _ -> {}, _ -> {});
    StatsSource stats = load ? new MovingLoad(gateway, instances) : gateway;
    try (gateway;
        Autoscaler autoscaler = new Autoscaler(instances, stats, _ -> Map.of())) {
      for (int index = 0; index < REVISIONS; index++) {
        gateway.revision(
            revision(index),
            new RequestLimits(100, Duration.ofMinutes(5), Duration.ZERO, Duration.ZERO, 1000));
        autoscaler.register(revision(index), policy());
      }
      autoscaler.start();
      pause(WARM_UP);
      long cpu = cpuNanos();
      long scaled = instances.scaled;
      long started = System.nanoTime();
      pause(MEASURED);
      double seconds = (System.nanoTime() - started) / 1e9;
      double used = (cpuNanos() - cpu) / 1e9;
      double decisions = seconds / 2 * REVISIONS;
      report
          .row(TITLE, label)
          .put("decisions/s", decisions / seconds)
          .put("CPU, % of a core", used / seconds * 100)
          .put("target %", TARGET)
          .put("us of CPU each", used / decisions * 1e6)
          .put("counts changed/s", (instances.scaled - scaled) / seconds);
    }
  }

  private static RevisionId revision(int index) {
    return new RevisionId("default", "k-%d-00001".formatted(index));
  }

  private static ScalingPolicy policy() {
    return new ScalingPolicy(
        ScalingPolicy.Metric.CONCURRENCY,
        100,
        0.7,
        0,
        0,
        0,
        1,
        Duration.ofSeconds(60),
        ScalingPolicy.Averaging.LINEAR,
        10,
        200,
        1000,
        2,
        Duration.ZERO,
        true,
        Duration.ZERO,
        true);
  }

  private static long cpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().equals("autoscaler"))
        .mapToLong(ThreadInfo::getThreadId)
        .map(threads::getThreadCpuTime)
        .sum();
  }

  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  /// Asks the gateway too, so that its part is in the measurement.
  private static final class MovingLoad implements StatsSource {
    private final Gateway gateway;
    private final ReadyAtOnce instances;
    private final Random random = new Random(42);
    private final double[] load = new double[REVISIONS];

    MovingLoad(Gateway gateway, ReadyAtOnce instances) {
      this.gateway = gateway;
      this.instances = instances;
      Arrays.setAll(load, _ -> random.nextDouble() * 1000);
    }

    @Override
    public Map<RevisionId, RevisionStats> collect() {
      Map<RevisionId, RevisionStats> answer = new HashMap<>(gateway.collect());
      int index = 0;
      for (Map.Entry<RevisionId, RevisionStats> one : answer.entrySet()) {
        load[index] = Math.clamp(load[index] + random.nextGaussian() * 50, 0, 2000);
        int ready = instances.counts.getOrDefault(one.getKey(), 0);
        one.setValue(new RevisionStats(load[index], 100, 0, (int) load[index], ready));
        index++;
      }
      return answer;
    }
  }

  /// Only the autoscaler's thread uses it once that runs.
  private static final class ReadyAtOnce implements Instances {
    final Map<RevisionId, Integer> counts = new HashMap<>();
    long scaled;

    @Override
    public void scale(RevisionId revision, int count) {
      counts.put(revision, count);
      scaled++;
    }

    @Override
    public void register(Workload workload) {}

    @Override
    public void unregister(RevisionId revision) {}

    @Override
    public void run(InstanceId id, Workload workload) {}

    @Override
    public void stop(InstanceId instance) {}

    @Override
    public void stop(InstanceId instance, Duration grace) {}

    @Override
    public List<Instance> list() {
      return List.of();
    }

    @Override
    public InputStream logs(LogQuery query) {
      return InputStream.nullInputStream();
    }

    @Override
    public Subscription subscribe(Consumer<InstanceEvent> listener) {
      return () -> {};
    }
  }
}
