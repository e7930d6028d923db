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
import dev.ebb.kinds.serving.ServingKinds;
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

  /// Of Pods that show instances of revisions.
  private static final String REVISION_UID_LABEL = "serving.knative.dev/revisionUID";

  private final Resources resources;
  private final Instances instances;
  private final InstancePods pods;
  private final InstantSource clock;

  LogHandlers(Resources resources, Instances instances, InstantSource clock) {
    this.resources = resources;
    this.instances = instances;
    this.pods = new InstancePods(resources, instances);
    this.clock = clock;
  }

  List<SubresourceRoute> routes() {
    return List.of(
        new SubresourceRoute("", "v1", "pods", "log", List.of("get"), this::pod),
        new SubresourceRoute(
            "serving.knative.dev", "v1", "services", "log", List.of("get"), this::service));
  }

  private void pod(ObjectKey key, Exchange exchange) throws IOException {
    KubernetesObject pod = pods.pod(key);
    LogOptions options = LogOptions.of(exchange::query, key.name(), clock);
    String container = InstancePods.container(pod, options.container());
    var log = ContainerLog.of(pod, pods.instance(pod), container);
    log.require(key.name(), container, options.previous());
    boolean mirror = pod.labels().containsKey(REVISION_UID_LABEL);
    RevisionId revision =
        new RevisionId(
            key.namespace(), mirror ? pod.labels().getOrDefault(REVISION_LABEL, "") : key.name());
    copy(
        exchange,
        options,
        query(
                options,
                List.of(revision),
                Optional.of(new InstanceId(mirror ? key.name() : pod.uid())))
            .ofContainer(container, options.previous() && !log.isBetweenRuns()));
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
    copy(exchange, options, query(options, revisions, Optional.empty()));
  }

  private static LogQuery query(
      LogOptions options, List<RevisionId> revisions, Optional<InstanceId> instance) {
    return new LogQuery(
        revisions,
        instance,
        options.tailLines(),
        options.follow(),
        options.since(),
        options.timestamps(),
        options.prefix());
  }

  private void copy(Exchange exchange, LogOptions options, LogQuery query) throws IOException {
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
