package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.ResponseStream;
import dev.ebb.apiserver.SubresourceRoute;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The logs of instances under the API's paths: `pods/NAME/log` as Kubernetes has it, and
/// `services/NAME/log` of Knative's Services, which goes over all their instances, past ones too.
final class LogHandlers {
  private static final String SERVICE_LABEL = "serving.knative.dev/service";
  private static final String REVISION_LABEL = "serving.knative.dev/revision";

  private final Resources resources;
  private final Instances instances;
  private final InstantSource clock;

  LogHandlers(Resources resources, Instances instances, InstantSource clock) {
    this.resources = resources;
    this.instances = instances;
    this.clock = clock;
  }

  List<SubresourceRoute> routes() {
    return List.of(
        new SubresourceRoute("", "v1", "pods", "log", List.of("get"), this::pod),
        new SubresourceRoute(
            "serving.knative.dev", "v1", "services", "log", List.of("get"), this::service));
  }

  private void pod(ObjectKey key, Exchange exchange) throws IOException {
    KubernetesObject pod = resources.get(CoreKinds.POD, key);
    LogOptions options = LogOptions.of(exchange::query, key.name(), clock);
    InstancePods.checkContainer(pod, options.container());
    String container = InstancePods.container(pod, options.container());
    if (options.previous()) {
      // A Pod ends with its instance, so no container of it ever ran before.
      throw ApiException.badRequest(
          "previous terminated container \"%s\" in pod \"%s\" not found"
              .formatted(container, key.name()));
    }
    String revision = pod.labels().getOrDefault(REVISION_LABEL, "");
    Optional<String> waiting = InstancePods.waiting(pod, container);
    if (waiting.isPresent()) {
      throw ApiException.badRequest(
          "container \"%s\" in pod \"%s\" is waiting to start: %s"
              .formatted(container, key.name(), waiting.get()));
    }
    copy(
        exchange,
        options,
        List.of(new RevisionId(key.namespace(), revision)),
        Optional.of(new InstanceId(key.name())));
  }

  private void service(ObjectKey key, Exchange exchange) throws IOException {
    resources.get(ServingKinds.SERVICE, key);
    LogOptions options = LogOptions.of(exchange::query, key.name(), clock);
    List<RevisionId> revisions = new ArrayList<>();
    for (KubernetesObject revision :
        resources
            .list(
                ServingKinds.REVISION,
                ListQuery.in(key.namespace()).withLabels(SERVICE_LABEL + "=" + key.name()))
            .items()) {
      revisions.add(new RevisionId(revision.namespace(), revision.name()));
    }
    copy(exchange, options, revisions, Optional.empty());
  }

  private void copy(
      Exchange exchange,
      LogOptions options,
      List<RevisionId> revisions,
      Optional<InstanceId> instance)
      throws IOException {
    LogQuery query =
        new LogQuery(
            revisions,
            instance,
            options.tailLines(),
            options.follow(),
            options.since(),
            options.timestamps(),
            options.prefix());
    try (InputStream log = instances.logs(query);
        ResponseStream out = exchange.stream(200, "text/plain", () -> close(log))) {
      byte[] buffer = new byte[16 * 1024];
      long left = options.limitBytes();
      int count = log.read(buffer);
      while (count >= 0 && left > 0 && !out.ended()) {
        int wanted = (int) Math.min(count, left);
        out.write(buffer, 0, wanted);
        left -= wanted;
        count = left > 0 ? log.read(buffer) : -1;
      }
    }
  }

  private static void close(InputStream log) {
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
