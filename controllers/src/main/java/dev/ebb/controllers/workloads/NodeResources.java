package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.ClusterKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The one Node: this machine. Pure.
public final class NodeResources {
  /// As the kubelet's default threshold `memory.available<100Mi`.
  private static final long MEMORY_PRESSURE = 100L << 20;

  /// As the kubelet's default threshold `nodefs.available<10%`.
  private static final double DISK_PRESSURE = 0.1;

  private NodeResources() {}

  public static KubernetesObject node(Machine machine) {
    return KubernetesObject.of(ClusterKinds.NODE.type(), ObjectKey.clusterScoped(machine.name()))
        .with(json -> {
          ObjectNode labels = json.withObject("/metadata/labels");
          labels.put("kubernetes.io/hostname", machine.name());
          labels.put("kubernetes.io/os", "linux").put("kubernetes.io/arch", machine.architecture());
          labels.put("node-role.kubernetes.io/control-plane", "");
        });
  }

  public static ObjectNode status(ObjectNode status, Machine machine, Instant now) {
    capacity(status.putObject("capacity"), machine, machine.memoryBytes(), machine.diskBytes());
    capacity(
        status.putObject("allocatable"),
        machine,
        machine.instanceMemoryBytes(),
        machine.freeDiskBytes());
    ArrayNode addresses = status.putArray("addresses");
    addresses.addObject().put("type", "InternalIP").put("address", "127.0.0.1");
    addresses.addObject().put("type", "Hostname").put("address", machine.name());
    status
        .putObject("nodeInfo")
        .put("architecture", machine.architecture())
        .put("operatingSystem", "linux")
        .put("osImage", machine.osImage())
        .put("kernelVersion", machine.kernelVersion())
        .put("bootID", machine.bootId())
        .put("machineID", "")
        .put("systemUUID", "")
        .put("containerRuntimeVersion", "ebb://" + machine.ebbVersion())
        .put("kubeletVersion", "v" + machine.ebbVersion())
        .put("kubeProxyVersion", "");
    boolean memory = machine.freeMemoryBytes() < MEMORY_PRESSURE;
    boolean disk = machine.freeDiskBytes() < machine.diskBytes() * DISK_PRESSURE;
    new Conditions(status, now)
        .mark(
            pressure("MemoryPressure", memory, "Memory", "less than 100Mi of memory is available"))
        .mark(
            pressure(
                "DiskPressure", disk, "Disk", "less than 10% of the data directory's disk is free"))
        .mark(
            new Condition(
                Condition.READY, Status.TRUE, "EbbReady", "Ebb starts instances on this machine."))
        .write();
    String heartbeat = now.truncatedTo(ChronoUnit.SECONDS).toString();
    for (JsonNode condition : status.path("conditions")) {
      ((ObjectNode) condition).put("lastHeartbeatTime", heartbeat);
    }
    return status;
  }

  private static Condition pressure(String type, boolean is, String what, String message) {
    return is
        ? new Condition(type, Status.TRUE, "EbbHasInsufficient" + what, message)
        : new Condition(
            type,
            Status.FALSE,
            "EbbHasSufficient" + what,
            "Ebb has sufficient %s available".formatted(what.toLowerCase(Locale.ROOT)));
  }

  private static void capacity(ObjectNode node, Machine machine, long memory, long disk) {
    node.put("cpu", Integer.toString(machine.cpus()));
    node.put("memory", (memory >> 10) + "Ki");
    node.put("ephemeral-storage", (disk >> 10) + "Ki");
    node.put("pods", Integer.toString(machine.maxInstances()));
  }
}
