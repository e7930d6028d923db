package dev.ebb.dialects.openfaas;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionTraffic;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dialects.openfaas.FunctionStatus.Now;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Functions as OpenFaaS's clients deploy, list and remove them: Knative Services of one namespace,
/// whoever made them. Thread-safe.
final class Functions {
  static final String SERVICE_LABEL = "serving.knative.dev/service";

  private final Resources resources;
  private final Supplier<Map<RevisionId, RevisionTraffic>> traffic;
  private final Scaler scaler;
  private final InstantSource clock;

  Functions(
      Resources resources,
      Supplier<Map<RevisionId, RevisionTraffic>> traffic,
      Scaler scaler,
      InstantSource clock) {
    this.resources = resources;
    this.traffic = traffic;
    this.scaler = scaler;
    this.clock = clock;
  }

  ArrayNode list(String namespace) {
    Map<RevisionId, RevisionTraffic> seen = traffic.get();
    Map<String, List<KubernetesObject>> revisions =
        resources.list(ServingKinds.REVISION, ListQuery.in(namespace)).items().stream()
            .collect(
                Collectors.groupingBy(
                    revision -> revision.labels().getOrDefault(SERVICE_LABEL, "")));
    ArrayNode functions = Json.object().arrayNode();
    for (KubernetesObject service :
        resources.list(ServingKinds.SERVICE, ListQuery.in(namespace)).items()) {
      if (service.deletionTimestamp().isEmpty()) {
        functions.add(
            FunctionStatus.of(
                service, now(service, revisions.getOrDefault(service.name(), List.of()), seen)));
      }
    }
    return functions;
  }

  /// @throws Refusal 404
  ObjectNode get(ObjectKey key) {
    KubernetesObject service = find(key);
    return FunctionStatus.of(service, now(service));
  }

  Now now(KubernetesObject service) {
    return now(service, revisions(service.key()), traffic.get());
  }

  /// The names of the Revisions that get the function's requests.
  static Set<String> called(KubernetesObject service) {
    Set<String> called = new HashSet<>();
    called.add(service.status().path("latestReadyRevisionName").asString(""));
    service
        .status()
        .path("traffic")
        .forEach(target -> called.add(target.path("revisionName").asString("")));
    return called;
  }

  /// @throws Refusal 404
  KubernetesObject find(ObjectKey key) {
    return resources
        .find(ServingKinds.SERVICE, key)
        .filter(service -> service.deletionTimestamp().isEmpty())
        .orElseThrow(() ->
            Refusal.notFound(
                "function %s not found in namespace %s".formatted(key.name(), key.namespace())));
  }

  /// @throws Refusal 400 for what cannot be, 409 when there is one of the name
  void create(FunctionDeployment wanted, String namespace) {
    try {
      resources.create(ServingKinds.SERVICE, service(wanted, namespace), Writes.OPTIONS);
    } catch (ApiException refused) {
      throw refused.isAlreadyExists()
          ? new Refusal(
              409,
              "function %s already exists in namespace %s; update it with PUT, or remove it first"
                  .formatted(wanted.service(), namespace))
          : Writes.refusal(refused);
    }
  }

  /// @throws Refusal 400, 404, 409 for a function that is built from source
  void update(FunctionDeployment wanted, String namespace) {
    KubernetesObject present = find(new ObjectKey(namespace, wanted.service()));
    if (present.controller().filter(FunctionObject::isOwner).isPresent()) {
      updateObject(wanted, present.key());
      return;
    }
    builtBy(present)
        .ifPresent(owner -> {
          throw new Refusal(
              409,
              "function %s is built from source: deploy it with ebb deploy, or remove it first"
                  .formatted(owner.name()));
        });
    KubernetesObject desired = service(wanted, namespace);
    try {
      resources.update(
          ServingKinds.SERVICE,
          desired.with(json -> {
            ObjectNode metadata = json.withObject("/metadata");
            // That is not this client's to change.
            ofKnative(present)
                .forEach((name, value) -> metadata.withObject("/annotations").put(name, value));
          }),
          Writes.OPTIONS);
    } catch (ApiException refused) {
      throw Writes.refusal(refused);
    }
  }

  /// The Service follows. Its Secrets and Profiles are looked for first, for here somebody waits.
  private void updateObject(FunctionDeployment wanted, ObjectKey key) {
    service(wanted, key.namespace());
    try {
      KubernetesObject function = resources.get(OpenFaasKinds.FUNCTION, key);
      resources.update(
          OpenFaasKinds.FUNCTION,
          function.with(json -> json.set("spec", FunctionObject.spec(wanted))),
          Writes.OPTIONS);
    } catch (ApiException refused) {
      throw Writes.refusal(refused);
    }
  }

  /// @throws Refusal 404
  void delete(ObjectKey key) {
    KubernetesObject service = find(key);
    try {
      if (service.controller().filter(FunctionObject::isOwner).isPresent()) {
        resources.delete(OpenFaasKinds.FUNCTION, key, DeleteOptions.background());
      } else if (builtBy(service).isPresent()) {
        resources.delete(FunctionKinds.FUNCTION, key, DeleteOptions.background());
      } else {
        resources.delete(ServingKinds.SERVICE, key, DeleteOptions.background());
      }
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw Writes.refusal(refused);
      }
    }
  }

  private KubernetesObject service(FunctionDeployment wanted, String namespace) {
    return FunctionService.of(
        wanted,
        namespace,
        secrets(resources, wanted, namespace),
        Profiles.find(resources, wanted.annotations()),
        Optional.of(clock.instant()));
  }

  /// The Secrets that a function names.
  ///
  /// @throws Refusal 400 for one that is not there
  static Map<String, KubernetesObject> secrets(
      Resources resources, FunctionDeployment wanted, String namespace) {
    Map<String, KubernetesObject> secrets = new HashMap<>();
    for (String name : wanted.secrets()) {
      secrets.put(
          name,
          resources
              .find(CoreKinds.SECRET, new ObjectKey(namespace, name))
              .orElseThrow(() ->
                  Refusal.badRequest(
                      "unable to fetch secrets: secret %s was not found in namespace %s; make it"
                              .formatted(name, namespace)
                          + " with faas-cli secret create "
                          + name)));
    }
    return secrets;
  }

  /// The annotations of a Service that belong to Knative: who made it.
  static Map<String, String> ofKnative(KubernetesObject service) {
    Map<String, String> some = new HashMap<>(service.annotations());
    some.keySet().removeIf(name -> !name.startsWith("serving.knative.dev/"));
    return some;
  }

  List<KubernetesObject> revisions(ObjectKey service) {
    return resources
        .list(
            ServingKinds.REVISION,
            ListQuery.in(service.namespace()).withLabels(SERVICE_LABEL + "=" + service.name()))
        .items();
  }

  /// The calls of all Revisions, and how many instances those have that are called now: what an
  /// update left behind goes by itself.
  private Now now(
      KubernetesObject service,
      List<KubernetesObject> revisions,
      Map<RevisionId, RevisionTraffic> seen) {
    Set<String> called = called(service);
    long invocations = 0;
    long wanted = 0;
    long available = 0;
    for (KubernetesObject revision : revisions) {
      RevisionId id = new RevisionId(revision.namespace(), revision.name());
      Optional<RevisionTraffic> here = Optional.ofNullable(seen.get(id));
      invocations += here.map(RevisionTraffic::requests).orElse(0L);
      if (called.contains(revision.name())) {
        wanted += scaler.lastDecision(id).map(ScalingDecision::desired).orElse(0);
        available += here.map(RevisionTraffic::readyInstances).orElse(0);
      }
    }
    return new Now(invocations, wanted, available);
  }

  private static Optional<OwnerReference> builtBy(KubernetesObject service) {
    return service
        .controller()
        .filter(owner ->
            owner.apiVersion().equals(FunctionKinds.API_VERSION)
                && owner.kind().equals(FunctionKinds.FUNCTION.type().kind()));
  }
}
