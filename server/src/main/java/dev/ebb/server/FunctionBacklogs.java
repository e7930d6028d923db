package dev.ebb.server;

import dev.ebb.dataplane.BacklogSource;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.Resources;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The backlog of each Revision: of the Service that it belongs to, for calls are of Services. Of
/// several Revisions that have traffic each has the whole backlog, whatever its share. Thread-safe.
final class FunctionBacklogs implements BacklogSource {
  private static final String SERVICE_LABEL = "serving.knative.dev/service";

  /// From how many instances Services have to how many calls are not done.
  interface Queues {
    Map<ObjectKey, Long> backlogs(Map<ObjectKey, Integer> instances);
  }

  private final Resources resources;
  private final Queues queues;

  FunctionBacklogs(Resources resources, Queues queues) {
    this.resources = resources;
    this.queues = queues;
  }

  @Override
  public Map<RevisionId, Long> collect(Map<RevisionId, Integer> ready) {
    Map<RevisionId, ObjectKey> services = new HashMap<>();
    Map<ObjectKey, Integer> instances = new HashMap<>();
    ready.forEach((revision, count) ->
        service(revision)
            .ifPresent(service -> {
              services.put(revision, service);
              instances.merge(service, count, Integer::sum);
            }));
    Map<ObjectKey, Long> calls = queues.backlogs(instances);
    Map<RevisionId, Long> backlogs = new HashMap<>();
    services.forEach(
        (revision, service) -> backlogs.put(revision, calls.getOrDefault(service, 0L)));
    return backlogs;
  }

  /// A Revision of a Configuration of its own has none, and no calls.
  private Optional<ObjectKey> service(RevisionId revision) {
    return resources
        .find(ServingKinds.REVISION, new ObjectKey(revision.namespace(), revision.name()))
        .map(found -> found.labels().getOrDefault(SERVICE_LABEL, ""))
        .filter(name -> !name.isEmpty())
        .map(name -> new ObjectKey(revision.namespace(), name));
  }
}
