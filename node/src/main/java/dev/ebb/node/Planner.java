package dev.ebb.node;

import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.images.FunctionPackage;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.PackageMissingException;
import dev.ebb.node.pods.PodPlanner;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Works out the [StartPlan] of a workload: of a function by unpacking its package and finding its
/// runtime and interpreter, of containers by opening their images. Thread-safe; blocks.
final class Planner {
  private static final int DEFAULT_PORT = 8080;

  private static final Logger LOG = System.getLogger(Planner.class.getName());

  private final Set<RevisionId> toldOfCpuLimit = ConcurrentHashMap.newKeySet();
  private final NodeConfig config;
  private final NodePaths paths;
  private final FunctionPackages packages;
  private final Runtimes runtimes;
  private final Interpreters interpreters;
  private final String searchPath;
  private final Optional<PodPlanner> pods;
  private final ReferenceResolver references;

  Planner(
      NodeConfig config,
      NodePaths paths,
      FunctionPackages packages,
      Runtimes runtimes,
      Interpreters interpreters,
      String searchPath,
      Optional<PodPlanner> pods,
      ReferenceResolver references) {
    this.config = config;
    this.paths = paths;
    this.packages = packages;
    this.runtimes = runtimes;
    this.interpreters = interpreters;
    this.searchPath = searchPath;
    this.pods = pods;
    this.references = references;
  }

  /// @throws StartRefusedException when no instance can be run
  StartPlan plan(Workload workload) {
    var image = workload.container().image();
    var function = FunctionImage.parse(image);
    return function.isPresent() ? function(workload, function.get()) : containers(workload);
  }

  private StartPlan containers(Workload workload) {
    var planner =
        pods.orElseThrow(() ->
            StartRefusedException.lasting(
                "ImageNotSupported",
                "this server runs no containers (`ebb doctor` tells what is missing), only function"
                    + " packages (function.ebb.dev/NAMESPACE/NAME@sha256:DIGEST), not "
                    + workload.container().image()));
    var plan = planner.plan(workload);
    try {
      checkBudget(plan.reservation());
      return plan;
    } catch (StartRefusedException e) {
      plan.lease().letGo();
      throw e;
    }
  }

  /// Whose function it is decides, as with images (docs/decisions/0096-who-may-run-an-image.md).
  private void require(Workload workload, FunctionImage function) {
    references
        .refusal(
            workload.revision().namespace(),
            workload.pod().serviceAccount(),
            function.namespace(),
            function.name())
        .ifPresent(why -> {
          throw new StartRefusedException(
              "ErrImagePull",
              "Failed to pull image \"%s\": 403 Forbidden: %s".formatted(function, why),
              true);
        });
  }

  private StartPlan function(Workload workload, FunctionImage function) {
    require(workload, function);
    try {
      var code = packages.open(function.digest());
      var runtime = runtimes.resolve(code.config().runtime());
      Files.createDirectories(paths.logs(workload.revision()));
      var command = command(workload, runtime);
      tellOfCpuLimit(workload);
      var contract = contract(workload, code, runtime.descriptor());
      long limit = workload.container().memoryBytes().orElse(0);
      return new ProcessPlan(
          workload,
          command,
          defaults(),
          contract,
          InstanceNames.hash(
              command.toString()
                  + contract
                  + workload.container().environment()
                  + limit
                  + runtime.fingerprint()),
          limit,
          reservation(limit));
    } catch (PackageMissingException e) {
      throw new StartRefusedException("PackageMissing", String.valueOf(e.getMessage()), true);
    } catch (IOException e) {
      throw StartRefusedException.createFailed(e);
    }
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
    long bytes = limit > 0 ? limit : config.defaultMemoryBytes();
    checkBudget(bytes);
    return bytes;
  }

  private void checkBudget(long bytes) {
    if (config.maxInstances() < 1 || bytes > config.memoryBytes()) {
      long most = config.memoryBytes() >> 20;
      throw StartRefusedException.lasting(
          "MachineBudgetExceeded",
          ("an instance needs %d MiB of memory, and all instances of this machine together have"
                  + " %d MiB: set resources.limits.memory to %dMi or less, or run it on a larger"
                  + " machine")
              .formatted(bytes >> 20, most, most));
    }
  }

  private List<String> command(Workload workload, Runtimes.Resolved runtime) {
    var container = workload.container();
    var command = new ArrayList<>(runtime.command());
    if (!container.command().isEmpty()) {
      var name = container.command().getFirst();
      var program =
          interpreters
              .find(name)
              .orElseThrow(() ->
                  new StartRefusedException(
                      "CreateFailed", "there is no program '" + name + "'", true));
      command.clear();
      command.add(program.toString());
      command.addAll(container.command().subList(1, container.command().size()));
    }
    command.addAll(container.args());
    return List.copyOf(command);
  }

  private Map<String, String> defaults() {
    return Map.of("PATH", searchPath, "LANG", "C.UTF-8");
  }

  private Map<String, String> contract(
      Workload workload, FunctionPackage code, RuntimeDescriptor runtime) {
    int port = workload.container().port();
    var entrypoint = code.config().entrypoint();
    var contract = new LinkedHashMap<String, String>();
    contract.put("PORT", Integer.toString(port == 0 ? DEFAULT_PORT : port));
    contract.put("K_SERVICE", workload.service());
    contract.put("K_CONFIGURATION", workload.configuration());
    contract.put("K_REVISION", workload.revision().name());
    contract.put("EBB_FUNCTION_DIR", code.root().toAbsolutePath().toString());
    contract.put("EBB_ENTRYPOINT", entrypoint.isEmpty() ? runtime.defaultEntrypoint() : entrypoint);
    contract.put("EBB_HANDLER", code.config().handler());
    contract.put("EBB_MAX_BODY_BYTES", Long.toString(config.maxBodyBytes()));
    contract.put("EBB_REQUEST_TIMEOUT_MILLIS", Long.toString(workload.requestTimeout().toMillis()));
    contract.put("EBB_CONCURRENCY", Integer.toString(workload.containerConcurrency()));
    return contract;
  }
}
