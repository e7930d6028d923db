package dev.ebb.node;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.node.pods.PodPlanner;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Works out the [StartPlan] of a workload: a Pod where containers can be run, whether of images or
/// of functions from source; else a plain process, which only a function can be. Thread-safe;
/// blocks.
final class Planner {
  private static final Logger LOG = System.getLogger(Planner.class.getName());

  private final Set<RevisionId> toldOfCpuLimit = ConcurrentHashMap.newKeySet();
  private final NodeConfig config;
  private final NodePaths paths;
  private final FunctionPlanner functions;
  private final Optional<PodPlanner> pods;

  Planner(
      NodeConfig config, NodePaths paths, FunctionPlanner functions, Optional<PodPlanner> pods) {
    this.config = config;
    this.paths = paths;
    this.functions = functions;
    this.pods = pods;
  }

  /// @throws StartRefusedException when no instance can be run
  StartPlan plan(Workload workload) {
    return pods.isPresent() ? pod(workload, pods.get()) : process(workload);
  }

  private StartPlan pod(Workload workload, PodPlanner planner) {
    var plan = planner.plan(workload);
    try {
      checkBudget(plan.reservation());
      return plan;
    } catch (StartRefusedException e) {
      plan.lease().letGo();
      throw e;
    }
  }

  private StartPlan process(Workload workload) {
    ProcessLimits.refusal(workload)
        .ifPresent(why -> {
          throw why;
        });
    var container = workload.container();
    var planned =
        functions.plan(workload, container, FunctionImage.parse(container.image()).orElseThrow());
    try {
      Files.createDirectories(paths.logs(workload.revision()));
    } catch (IOException e) {
      throw StartRefusedException.createFailed(e);
    }
    tellOfCpuLimit(workload);
    var contract = new LinkedHashMap<String, String>();
    contract.put("K_SERVICE", workload.service());
    contract.put("K_CONFIGURATION", workload.configuration());
    contract.put("K_REVISION", workload.revision().name());
    contract.putAll(planned.contract());
    long limit = container.memoryBytes().orElse(0);
    return new ProcessPlan(
        workload,
        planned.command(),
        planned.defaults(),
        contract,
        InstanceNames.hash(
            planned.command().toString()
                + contract
                + container.environment()
                + limit
                + planned.runtime().fingerprint()),
        limit,
        reservation(limit));
  }

  /// See docs/decisions/0061: only a cgroup can hold a program to a share of the processor.
  private void tellOfCpuLimit(Workload workload) {
    var limit = workload.container().cpuMillis();
    if (limit.isPresent() && toldOfCpuLimit.add(workload.revision())) {
      LOG.log(
          Level.WARNING,
          "{0}: resources.limits.cpu is {1}m, but CPU limits are not enforced for processes",
          workload.revision(),
          Integer.toString(limit.getAsInt()));
    }
  }

  /// The revision is gone.
  void forget(RevisionId revision) {
    toldOfCpuLimit.remove(revision);
  }

  private long reservation(long limit) {
    long bytes = limit > 0 ? limit : config.budget().defaultMemoryBytes();
    checkBudget(bytes);
    return bytes;
  }

  private void checkBudget(long bytes) {
    if (config.budget().maxInstances() < 1 || bytes > config.budget().memoryBytes()) {
      long most = config.budget().memoryBytes() >> 20;
      throw StartRefusedException.lasting(
          "MachineBudgetExceeded",
          ("an instance needs %d MiB of memory, and all instances of this machine together have"
                  + " %d MiB: set resources.limits.memory to %dMi or less, or run it on a larger"
                  + " machine")
              .formatted(bytes >> 20, most, most));
    }
  }
}
