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
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
    String revision = pod.labels().getOrDefault(REVISION_LABEL, "");
    copy(
        exchange,
        List.of(new RevisionId(key.namespace(), revision)),
        Optional.of(new InstanceId(key.name())));
  }

  private void service(ObjectKey key, Exchange exchange) throws IOException {
    resources.get(ServingKinds.SERVICE, key);
    List<RevisionId> revisions = new ArrayList<>();
    for (KubernetesObject revision :
        resources
            .list(
                ServingKinds.REVISION,
                ListQuery.in(key.namespace()).withLabels(SERVICE_LABEL + "=" + key.name()))
            .items()) {
      revisions.add(new RevisionId(revision.namespace(), revision.name()));
    }
    copy(exchange, revisions, Optional.empty());
  }

  private void copy(Exchange exchange, List<RevisionId> revisions, Optional<InstanceId> instance)
      throws IOException {
    LogQuery query =
        new LogQuery(
            revisions,
            instance,
            number(exchange, "tailLines").orElse(-1),
            flag(exchange, "follow"),
            since(exchange),
            flag(exchange, "timestamps"),
            flag(exchange, "prefix"));
    try (InputStream log = instances.logs(query);
        ResponseStream out = exchange.stream(200, "text/plain", () -> close(log))) {
      byte[] buffer = new byte[16 * 1024];
      for (int count = log.read(buffer); count >= 0 && !out.ended(); count = log.read(buffer)) {
        out.write(buffer, 0, count);
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

  private Optional<Instant> since(Exchange exchange) {
    OptionalInt seconds = number(exchange, "sinceSeconds");
    if (seconds.isPresent()) {
      return Optional.of(clock.instant().minusSeconds(seconds.getAsInt()));
    }
    return exchange
        .query("sinceTime")
        .filter(text -> !text.isEmpty())
        .map(text -> {
          try {
            return Instant.parse(text);
          } catch (DateTimeParseException e) {
            throw ApiException.badRequest(
                "sinceTime is not a time of RFC 3339: \"%s\"".formatted(text));
          }
        });
  }

  private static OptionalInt number(Exchange exchange, String name) {
    String text = exchange.query(name).orElse("");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException e) {
      // Told below with the same words as a negative number.
    }
    throw ApiException.badRequest(
        "%s must be a whole number of 0 or more, and is \"%s\"".formatted(name, text));
  }

  private static boolean flag(Exchange exchange, String name) {
    return exchange.query(name).map(text -> text.isEmpty() || text.equals("true")).orElse(false);
  }
}
