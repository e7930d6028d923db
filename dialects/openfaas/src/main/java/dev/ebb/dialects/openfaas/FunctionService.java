package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.Quantity;
import dev.ebb.kinds.serving.ServingKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Knative Service that a function of OpenFaaS is. Pure.
///
/// What the function's container is given is what faas-netes gives it: `fprocess`, its variables,
/// its secrets as files, port 8080. Labels and annotations are on the Service, for those who list
/// it, and on its Pods, for Prometheus.
final class FunctionService {
  /// faas-netes's label of everything that is a function.
  static final String LABEL = "faas_function";

  static final String SECRETS_PATH = "/var/openfaas/secrets";
  static final String FPROCESS = "fprocess";
  static final String DOCKER_SECRET = "kubernetes.io/dockerconfigjson";

  /// What a machine of one's own cannot use, but `faas-cli describe` shows again.
  static final String CONSTRAINTS = "openfaas.ebb.dev/constraints";

  /// Each deploy is a new Revision, as each of faas-netes is a rollout: what is behind a tag may
  /// have changed.
  static final String DEPLOYED_AT = "openfaas.ebb.dev/deployed-at";

  private static final String SECRETS_VOLUME = "openfaas-secrets";
  private static final String TEMPORARY_VOLUME = "temp";

  /// With all of Knative's names: its default is the name for a container without one.
  private static final String CONTAINER = "user-container";

  private static final int PORT = 8080;
  private static final List<String> TIME_LIMITS = List.of("exec_timeout", "write_timeout");
  private static final String ACCOUNT = "com.openfaas.serviceaccount";

  private final FunctionDeployment wanted;
  private final ScalingLabels scaling;
  private final Map<String, KubernetesObject> secrets;
  private final List<KubernetesObject> profiles;

  private FunctionService(
      FunctionDeployment wanted,
      Map<String, KubernetesObject> secrets,
      List<KubernetesObject> profiles) {
    this.wanted = wanted;
    this.scaling = new ScalingLabels(wanted.labels());
    this.secrets = secrets;
    this.profiles = profiles;
  }

  /// @param namespace where the function is to be
  /// @param secrets those that it names
  /// @param profiles those that it names, in their order
  /// @param deployedAt makes it another Revision than one of another time; empty where only a
  ///   change makes one
  /// @throws Refusal 400 for a label or an amount that means nothing
  static KubernetesObject of(
      FunctionDeployment wanted,
      String namespace,
      Map<String, KubernetesObject> secrets,
      List<KubernetesObject> profiles,
      Optional<Instant> deployedAt) {
    return new FunctionService(wanted, secrets, profiles).service(namespace, deployedAt);
  }

  /// Whether a client of OpenFaaS's API made it, not a manifest.
  static boolean isDeployedByApi(KubernetesObject service) {
    return service.spec().path("template").path("metadata").path("annotations").has(DEPLOYED_AT);
  }

  private KubernetesObject service(String namespace, Optional<Instant> deployedAt) {
    return KubernetesObject.of(
            ServingKinds.SERVICE.type(), new ObjectKey(namespace, wanted.service()))
        .with(json -> {
          ObjectNode metadata = json.withObject("/metadata");
          Json.put(metadata, "labels", labels());
          Json.put(metadata, "annotations", annotations());
          ObjectNode template = json.putObject("spec").putObject("template");
          ObjectNode about = template.putObject("metadata");
          Json.put(about, "labels", labels());
          Map<String, String> annotations = new LinkedHashMap<>(annotations());
          annotations.putAll(scaling.annotations(cpuRequest()));
          deployedAt.ifPresent(now -> annotations.put(DEPLOYED_AT, now.toString()));
          Json.put(about, "annotations", annotations);
          revision(template.putObject("spec"), namespace);
        });
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>(wanted.labels());
    labels.put(LABEL, wanted.service());
    return labels;
  }

  private Map<String, String> annotations() {
    Map<String, String> annotations = new LinkedHashMap<>(wanted.annotations());
    annotations.putIfAbsent("prometheus.io.scrape", "false");
    if (!wanted.constraints().isEmpty()) {
      annotations.put(CONSTRAINTS, String.join("\n", wanted.constraints()));
    }
    return annotations;
  }

  private void revision(ObjectNode spec, String namespace) {
    String account = wanted.annotations().getOrDefault(ACCOUNT, "");
    if (!account.isEmpty()) {
      spec.put("serviceAccountName", account);
    }
    timeLimit().ifPresent(limit -> spec.put("timeoutSeconds", limit));
    ObjectNode container = spec.putArray("containers").addObject();
    container.put("name", CONTAINER).put("image", wanted.image());
    container.putArray("ports").addObject().put("name", "http1").put("containerPort", PORT);
    environment(container.putArray("env"), namespace);
    resources(container);
    new FunctionProbes(wanted.annotations()).putInto(container, PORT);
    ArrayNode mounts = container.arrayNode();
    ArrayNode volumes = container.arrayNode();
    if (wanted.readOnlyRootFilesystem()) {
      container.putObject("securityContext").put("readOnlyRootFilesystem", true);
      mounts.addObject().put("name", TEMPORARY_VOLUME).put("mountPath", "/tmp");
      volumes.addObject().put("name", TEMPORARY_VOLUME).putObject("emptyDir");
    }
    mountSecrets(mounts, volumes);
    if (!mounts.isEmpty()) {
      container.set("volumeMounts", mounts);
      spec.set("volumes", volumes);
    }
    List<String> registries = secretsThat(true).toList();
    if (!registries.isEmpty()) {
      ArrayNode references = spec.putArray("imagePullSecrets");
      registries.forEach(name -> references.addObject().put("name", name));
    }
    Profiles.apply(profiles, spec, container);
  }

  private void environment(ArrayNode env, String namespace) {
    Map<String, String> variables = new TreeMap<>(ownName(wanted.service(), namespace));
    variables.putAll(wanted.envVars());
    if (!wanted.envProcess().isEmpty()) {
      variables.put(FPROCESS, wanted.envProcess());
    }
    variables.forEach((name, value) -> env.addObject().put("name", name).put("value", value));
  }

  /// By which a program knows who it is.
  static Map<String, String> ownName(String name, String namespace) {
    return Map.of("OPENFAAS_NAME", name, "OPENFAAS_NAMESPACE", namespace);
  }

  private void resources(ObjectNode container) {
    Map<String, String> requests = new LinkedHashMap<>(wanted.requests());
    scaling.cpuTarget().ifPresent(milli -> requests.putIfAbsent("cpu", milli + "m"));
    if (wanted.limits().isEmpty() && requests.isEmpty()) {
      return;
    }
    ObjectNode resources = container.putObject("resources");
    Json.put(resources, "limits", amounts("limits", wanted.limits()));
    Json.put(resources, "requests", amounts("requests", requests));
  }

  private static Map<String, String> amounts(String field, Map<String, String> amounts) {
    Map<String, String> given = new LinkedHashMap<>();
    amounts.forEach((resource, amount) -> {
      if (!amount.isEmpty()) {
        if (Quantity.parse(amount).isEmpty()) {
          throw Refusal.badRequest(
              "validation failed: %s.%s: \"%s\" is no quantity such as 128Mi or 100m"
                  .formatted(field, resource, amount));
        }
        given.put(resource, amount);
      }
    });
    return given;
  }

  private Optional<Long> cpuRequest() {
    return Optional.ofNullable(wanted.requests().get("cpu"))
        .flatMap(Quantity::parse)
        .map(Quantity::milliUnits);
  }

  /// As long as the watchdog lets the function run, it is waited for.
  private Optional<Long> timeLimit() {
    return TIME_LIMITS.stream()
        .flatMap(name -> Optional.ofNullable(wanted.envVars().get(name)).stream())
        .flatMap(text -> GoDuration.parse(text.matches("[0-9]+") ? text + "s" : text).stream())
        .filter(Duration::isPositive)
        .max(Duration::compareTo)
        .map(limit -> limit.plusMillis(999).toSeconds());
  }

  private void mountSecrets(ArrayNode mounts, ArrayNode volumes) {
    List<String> names = secretsThat(false).toList();
    if (names.isEmpty()) {
      return;
    }
    mounts
        .addObject()
        .put("name", SECRETS_VOLUME)
        .put("mountPath", SECRETS_PATH)
        .put("readOnly", true);
    ArrayNode sources =
        volumes.addObject().put("name", SECRETS_VOLUME).putObject("projected").putArray("sources");
    names.forEach(name -> sources.addObject().putObject("secret").put("name", name));
  }

  /// @param pull those with which an image is pulled, or those that the function reads
  private Stream<String> secretsThat(boolean pull) {
    return wanted.secrets().stream()
        .filter(name ->
            pull
                == Optional.ofNullable(secrets.get(name))
                    .map(secret -> secret.json().path("type").asString(""))
                    .filter(DOCKER_SECRET::equals)
                    .isPresent());
  }
}
