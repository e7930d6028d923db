package dev.ebb.node.pods;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.Environment;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.volumes.PodTokens;
import dev.ebb.node.volumes.Projection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the programs of a Pod are told of it and of where they run: variables, names, and what
/// projected volumes show. Thread-safe.
record PodSurroundings(PodMachine machine, ReferenceResolver resolver, PodTokens tokens) {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  Projection projection(InstanceId id, PodPlan plan, NetworkLease lease) {
    PodFields fields = fields(id, plan, lease);
    ResourceFields resources = resources(plan);
    return new Projection(
        holder(id, plan.workload()),
        resolver,
        tokens,
        variable ->
            switch (variable) {
              case EnvironmentVariable.PodField field -> fields.value(field.fieldPath());
              case EnvironmentVariable.ResourceField field ->
                  Optional.of(resources.value(field.container(), field));
              default -> Optional.empty();
            });
  }

  private ApiAccess.Holder holder(InstanceId id, Workload workload) {
    return new ApiAccess.Holder(
        workload.revision().namespace(),
        workload.pod().serviceAccount(),
        machine.podName(id, workload),
        id.podUid());
  }

  private PodFields fields(InstanceId id, PodPlan plan, NetworkLease lease) {
    return new PodFields(
        machine.podName(id, plan.workload()),
        id.podUid(),
        plan.workload(),
        machine.nodeName(),
        lease.address().getHostAddress(),
        lease.gateway().getHostAddress());
  }

  private ResourceFields resources(PodPlan plan) {
    return new ResourceFields(plan.workload().pod(), machine.memoryBytes(), machine.cpuMillis());
  }

  String hostname(InstanceId id, PodPlan plan) {
    String named = plan.workload().pod().hostname();
    return named.isEmpty() ? machine.podName(id, plan.workload()) : named;
  }

  Environment variables(InstanceId id, PodPlan plan, ContainerPlan container, PodSetup setup) {
    var workload = plan.workload();
    PodFields fields = fields(id, plan, setup.network());
    ResourceFields resources = resources(plan);
    var variables =
        new Environment(
            workload.revision().namespace(),
            resolver,
            fields::value,
            (EnvironmentVariable.ResourceField one) -> resources.value(container.name(), one));
    ApiServerVariables.of(setup.network()).forEach(variables::put);
    container.container().environment().forEach(variables::add);
    container.contract().forEach(variables::put);
    if (container.bySocket()) {
      setup.socket().ifPresent(one -> variables.put(Environment.SOCKET, one.path().toString()));
    }
    return variables;
  }

  /// The image's variables, what every program is to find, then what the workload says.
  static Map<String, String> environment(
      ContainerPlan container, PodSetup setup, Environment variables) {
    var all = new LinkedHashMap<String, String>();
    all.put("PATH", PATH);
    all.putAll(container.imageEnvironment());
    all.put("HOSTNAME", setup.hostname());
    all.putAll(variables.variables());
    return all;
  }
}
