package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.ReferenceResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes one instance out of a plan: environment, directories, process, record. Thread-safe; blocks
/// for about a millisecond.
final class InstanceStarter {
  private static final System.Logger LOG = System.getLogger(InstanceStarter.class.getName());

  private final NodePaths paths;
  private final Sandbox sandbox;
  private final InstanceRecords records;
  private final ReferenceResolver resolver;
  private final String bootId;

  InstanceStarter(
      NodePaths paths,
      Sandbox sandbox,
      InstanceRecords records,
      ReferenceResolver resolver,
      String bootId) {
    this.paths = paths;
    this.sandbox = sandbox;
    this.records = records;
    this.resolver = resolver;
    this.bootId = bootId;
  }

  /// @param spawnedAt when the process came into being, in nanoseconds of [System#nanoTime]
  record Started(InstanceRecord record, long spawnedAt) {}

  /// Goes through a start without an instance: what is loaded and linked at first use takes a tenth
  /// of a second, which the first cold start need not pay.
  void rehearse() throws IOException {
    sandbox.rehearse();
    records.rehearse();
    Readiness.isListening(paths.socket(new InstanceId("")));
  }

  private Sandbox.Spec spec(ProcessPlan plan, InstanceId id) throws IOException {
    var workload = plan.workload();
    var directory = paths.work(id);
    var environment = environment(plan, id);
    Files.createDirectories(directory.resolve("tmp"));
    var logs = paths.logs(workload.revision());
    if (!Files.isDirectory(logs)) {
      Files.createDirectories(logs);
    }
    return new Sandbox.Spec(
        plan.command(), environment, directory, paths.log(workload.revision(), id));
  }

  /// @throws StartRefusedException when no process came into being
  Started start(ProcessPlan plan, InstanceId id, Instant createdAt) {
    var workload = plan.workload();
    try {
      long pid = sandbox.start(spec(plan, id));
      long spawnedAt = System.nanoTime();
      var record =
          new InstanceRecord(
              id,
              workload.revision(),
              pid,
              ProcessStat.read(pid).map(ProcessStat::startTime).orElse(0L),
              bootId,
              paths.socket(id),
              plan.hash(),
              createdAt,
              plan.memoryLimit(),
              plan.reservation(),
              workload.terminationGrace());
      write(record);
      return new Started(record, spawnedAt);
    } catch (IOException | UncheckedIOException e) {
      discard(id);
      throw StartRefusedException.createFailed(e);
    }
  }

  private void write(InstanceRecord record) throws IOException {
    try {
      records.write(record);
    } catch (IOException e) {
      // An instance that no later server could find must not run.
      sandbox.cleanUp(record);
      Linux.reap(record.pid());
      throw e;
    }
  }

  private void discard(InstanceId id) {
    try {
      NodeFiles.delete(paths.work(id));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot delete the directory of " + id, e);
    }
  }

  private Map<String, String> environment(ProcessPlan plan, InstanceId id) {
    var workload = plan.workload();
    var directory = paths.work(id);
    var environment =
        new Environment(
            workload.revision().namespace(),
            resolver,
            Map.of(
                "metadata.name",
                id.value(),
                "metadata.namespace",
                workload.revision().namespace(),
                "status.podIP",
                "127.0.0.1",
                "status.hostIP",
                "127.0.0.1"));
    plan.defaults().forEach(environment::put);
    environment.put("HOME", directory.toString());
    environment.put("TMPDIR", directory.resolve("tmp").toString());
    workload.container().environment().forEach(environment::add);
    var variables = new LinkedHashMap<>(environment.variables());
    variables.putAll(plan.contract());
    variables.put(Environment.SOCKET, paths.socket(id).toString());
    return variables;
  }
}
