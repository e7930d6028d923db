package dev.ebb.node;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.images.FunctionPackage;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.PackageMissingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a function is run, in a container or without one: unpacks its package, and finds its runtime
/// and interpreter. Thread-safe; blocks.
final class FunctionPlanner {
  private static final int DEFAULT_PORT = 8080;

  private final long maxBodyBytes;
  private final FunctionPackages packages;
  private final Runtimes runtimes;
  private final Interpreters interpreters;
  private final String searchPath;
  private final ReferenceResolver references;

  FunctionPlanner(
      long maxBodyBytes,
      FunctionPackages packages,
      Runtimes runtimes,
      Interpreters interpreters,
      String searchPath,
      ReferenceResolver references) {
    this.maxBodyBytes = maxBodyBytes;
    this.packages = packages;
    this.runtimes = runtimes;
    this.interpreters = interpreters;
    this.searchPath = searchPath;
    this.references = references;
  }

  /// @param command its first word is an absolute path
  /// @param defaults variables that the user's may replace
  /// @param contract variables that nothing replaces
  record Planned(
      FunctionPackage code,
      Runtimes.Resolved runtime,
      List<String> command,
      Map<String, String> defaults,
      Map<String, String> contract) {}

  /// @throws StartRefusedException when it cannot be run here, or not by this workload
  Planned plan(Workload workload, Container container, FunctionImage function) {
    require(workload, function);
    try {
      var code = packages.open(function.digest());
      var runtime = runtimes.resolve(code.config().runtime());
      return new Planned(
          code,
          runtime,
          command(container, runtime),
          Map.of("PATH", searchPath, "LANG", "C.UTF-8"),
          contract(workload, container, code, runtime.descriptor()));
    } catch (PackageMissingException e) {
      throw new StartRefusedException("PackageMissing", String.valueOf(e.getMessage()), true);
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

  private List<String> command(Container container, Runtimes.Resolved runtime) {
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

  private Map<String, String> contract(
      Workload workload, Container container, FunctionPackage code, RuntimeDescriptor runtime) {
    int port = container.port();
    var entrypoint = code.config().entrypoint();
    var contract = new LinkedHashMap<String, String>();
    contract.put("PORT", Integer.toString(port == 0 ? DEFAULT_PORT : port));
    contract.put("EBB_FUNCTION_DIR", code.root().toAbsolutePath().toString());
    contract.put("EBB_ENTRYPOINT", entrypoint.isEmpty() ? runtime.defaultEntrypoint() : entrypoint);
    contract.put("EBB_HANDLER", code.config().handler());
    contract.put("EBB_MAX_BODY_BYTES", Long.toString(maxBodyBytes));
    contract.put("EBB_REQUEST_TIMEOUT_MILLIS", Long.toString(workload.requestTimeout().toMillis()));
    contract.put("EBB_CONCURRENCY", Integer.toString(workload.containerConcurrency()));
    return contract;
  }
}
