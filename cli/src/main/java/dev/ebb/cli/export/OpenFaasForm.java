package dev.ebb.cli.export;

import dev.ebb.cli.stack.StackFunction;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A Service as a function of OpenFaaS, and what of it has no form there: each part that has one is
/// taken out of a copy of its spec, and what remains at the end is named. Pure.
public final class OpenFaasForm {
  /// What the server notes of functions that were deployed by OpenFaaS's API.
  static final String DEPLOYED_AT = "openfaas.ebb.dev/deployed-at";

  private static final String CONSTRAINTS = "openfaas.ebb.dev/constraints";
  private static final String FUNCTION_LABEL = "faas_function";
  private static final String PROFILE = "com.openfaas.profile";
  private static final String SCRAPE = "prometheus.io.scrape";
  private static final String SECRETS_PATH = "/var/openfaas/secrets";
  private static final String ACCOUNT = "com.openfaas.serviceaccount";
  private static final String HEALTH = "com.openfaas.health.http.";
  private static final String READY = "com.openfaas.ready.http.";
  private static final List<String> PROBE_NUMBERS =
      List.of(
          "initialDelaySeconds",
          "periodSeconds",
          "timeoutSeconds",
          "successThreshold",
          "failureThreshold");
  private static final int PORT = 8080;
  private static final long TIMEOUT = 300;
  private static final List<String> AMOUNTS = List.of("memory", "cpu");

  /// What a Profile may have put there.
  private static final List<String> OF_PROFILES =
      List.of("runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile");

  private final KubernetesObject service;
  private final ObjectNode spec;
  private final ObjectNode template;
  private final ObjectNode revision;
  private final ObjectNode container;
  private final boolean isFunction;
  private final Map<String, String> annotations = new TreeMap<>();
  private final Map<String, String> labels = new TreeMap<>();
  private final Set<String> secrets = new LinkedHashSet<>();

  /// @param missing paths of what has no form, in the order of the spec
  public record Result(StackFunction function, List<String> missing) {
    public Result {
      missing = List.copyOf(missing);
    }
  }

  private OpenFaasForm(KubernetesObject service) {
    this.service = service;
    spec =
        service.spec() instanceof ObjectNode json
            ? json.deepCopy()
            : new JsonMapper().createObjectNode();
    template = spec.withObject("/template").withObject("/metadata");
    revision = spec.withObject("/template").withObject("/spec");
    isFunction = template.path("labels").has(FUNCTION_LABEL);
    container =
        revision.path("containers").path(0) instanceof ObjectNode first
            ? first
            : revision.withArray("/containers").addObject();
  }

  public static Result of(KubernetesObject service) {
    return new OpenFaasForm(service).result();
  }

  private Result result() {
    describe();
    Map<String, String> environment = environment();
    String process = environment.getOrDefault("fprocess", "");
    environment.remove("fprocess");
    environment.remove("OPENFAAS_NAME", service.name());
    environment.remove("OPENFAAS_NAMESPACE", service.namespace());
    String image = text(container.remove("image"));
    container.remove("name");
    port();
    Map<String, String> limits = amounts("limits");
    Map<String, String> requests = amounts("requests");
    probes();
    account();
    boolean readOnly = readOnly();
    security();
    mountedSecrets();
    revision.path("imagePullSecrets").forEach(it -> secrets.add(it.path("name").asString("")));
    revision.remove("imagePullSecrets");
    limitsOfRequests(environment);
    List<String> constraints = service.annotations().getOrDefault(CONSTRAINTS, "").lines().toList();
    return new Result(
        new StackFunction(
            service.name(),
            service.namespace(),
            image,
            process,
            environment,
            List.copyOf(secrets),
            labels,
            annotations,
            constraints,
            limits,
            requests,
            readOnly),
        Leftovers.of(spec));
  }

  /// Labels and annotations, and what scales the function.
  private void describe() {
    labels.putAll(service.labels());
    labels.remove(FUNCTION_LABEL);
    annotations.putAll(KnativeForm.withoutServers(service.annotations()));
    annotations.remove(CONSTRAINTS);
    annotations.remove(SCRAPE, "false");
    ObjectNode ofRevisions = template.withObject("/annotations");
    service.labels().forEach((name, value) -> drop("labels", name, value));
    service.annotations().forEach((name, value) -> drop("annotations", name, value));
    drop("labels", FUNCTION_LABEL, service.name());
    ofRevisions.remove(List.of(DEPLOYED_AT, "client.knative.dev/updateTimestamp"));
    if (isFunction) {
      // They follow from the labels.
      ofRevisions.remove(
          ofRevisions.propertyNames().stream()
              .filter(name ->
                  name.startsWith("autoscaling.knative.dev/")
                      || name.equals(OpenFaasScaling.EBB_METRIC))
              .toList());
    } else {
      OpenFaasScaling.labels(ofRevisions).forEach(labels::putIfAbsent);
    }
    if (KnativeForm.isAllToLatest(spec)) {
      spec.remove("traffic");
    }
    template.remove("creationTimestamp");
  }

  private void drop(String field, String name, String value) {
    if (template.path(field) instanceof ObjectNode map
        && map.path(name).asString("").equals(value)) {
      map.remove(name);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Iterator<JsonNode> all = container.path("env").iterator(); all.hasNext(); ) {
      JsonNode variable = all.next();
      if (!variable.has("valueFrom")) {
        environment.put(variable.path("name").asString(""), variable.path("value").asString(""));
        all.remove();
      }
    }
    return environment;
  }

  private void port() {
    JsonNode ports = container.path("ports");
    if (ports.size() == 1
        && ports.path(0).path("containerPort").asInt(PORT) == PORT
        && List.of("", "http1", "user-port").contains(ports.path(0).path("name").asString(""))) {
      container.remove("ports");
    }
  }

  private Map<String, String> amounts(String field) {
    Map<String, String> amounts = new LinkedHashMap<>();
    if (container.path("resources").path(field) instanceof ObjectNode given) {
      for (String resource : AMOUNTS) {
        if (given.has(resource)) {
          amounts.put(resource, text(given.remove(resource)));
        }
      }
    }
    return amounts;
  }

  /// Those of a function follow from its annotations. Of others the annotations have to say it: one
  /// path means liveness and readiness, so liveness alone has no form.
  private void probes() {
    boolean said =
        annotations.keySet().stream()
            .anyMatch(name -> name.startsWith(HEALTH) || name.startsWith(READY));
    if (isFunction && said) {
      container.remove(List.of("livenessProbe", "readinessProbe"));
      return;
    }
    Map<String, String> readiness = probe("readinessProbe", READY);
    if (container.has("readinessProbe") && readiness.isEmpty()) {
      if (isDefault(container.path("readinessProbe"))) {
        container.remove("readinessProbe");
      }
      return;
    }
    Map<String, String> liveness = probe("livenessProbe", HEALTH);
    if (!readiness.isEmpty()) {
      container.remove("readinessProbe");
      annotations.putAll(readiness);
      if (!liveness.isEmpty()) {
        container.remove("livenessProbe");
        annotations.putAll(liveness);
      }
    }
  }

  private static boolean isDefault(JsonNode probe) {
    return filled(probe).toString().equals("{\"tcpSocket\":{\"port\":0}}");
  }

  /// Without what the server fills in.
  private static ObjectNode filled(JsonNode probe) {
    ObjectNode rest = ((ObjectNode) probe).deepCopy();
    remove(rest, "successThreshold", 1);
    remove(rest, "failureThreshold", 3);
    remove(rest, "timeoutSeconds", 1);
    remove(rest, "initialDelaySeconds", 0);
    return rest;
  }

  /// The annotations that say a probe; none where there is none, or it has no form.
  private Map<String, String> probe(String field, String prefix) {
    if (!(container.path(field) instanceof ObjectNode probe)) {
      return Map.of();
    }
    ObjectNode rest = filled(probe);
    if (!(rest.remove("httpGet") instanceof ObjectNode get)) {
      return Map.of();
    }
    Map<String, String> said = new LinkedHashMap<>();
    said.put(prefix + "path", text(get.remove("path")));
    remove(get, "port", PORT);
    remove(get, "port", 0);
    if (get.path("scheme").asString("").equals("HTTP")) {
      get.remove("scheme");
    }
    for (String name : PROBE_NUMBERS) {
      if (rest.has(name)) {
        said.put(prefix + name, text(rest.remove(name)));
      }
    }
    return get.isEmpty() && rest.isEmpty() ? said : Map.of();
  }

  private static void remove(ObjectNode json, String field, int value) {
    if (json.path(field).isIntegralNumber() && json.path(field).asInt() == value) {
      json.remove(field);
    }
  }

  private void account() {
    JsonNode account = revision.remove("serviceAccountName");
    if (account != null) {
      annotations.putIfAbsent(ACCOUNT, text(account));
    }
  }

  private boolean readOnly() {
    boolean readOnly =
        container.path("securityContext").path("readOnlyRootFilesystem").asBoolean(false);
    if (container.path("securityContext") instanceof ObjectNode context) {
      context.remove("readOnlyRootFilesystem");
    }
    if (readOnly) {
      // A function of OpenFaaS that may not write elsewhere always has a /tmp.
      take("emptyDir", "/tmp");
    }
    return readOnly;
  }

  private void security() {
    if (annotations.containsKey(PROFILE)) {
      if (container.path("securityContext") instanceof ObjectNode context) {
        context.remove(OF_PROFILES);
      }
      revision.remove(List.of("securityContext", "runtimeClassName", "dnsPolicy", "dnsConfig"));
    }
  }

  private void mountedSecrets() {
    for (JsonNode volume : take("projected", SECRETS_PATH)) {
      volume
          .path("projected")
          .path("sources")
          .forEach(source -> secrets.add(source.path("secret").path("name").asString("")));
    }
    // So faas-cli writes a Service of Knative.
    Stream.of(container.path("volumeMounts"))
        .flatMap(JsonNode::valueStream)
        .map(mount -> mount.path("mountPath").asString(""))
        .filter(path -> path.startsWith(SECRETS_PATH + "/"))
        .toList()
        .forEach(path ->
            take("secret", path)
                .forEach(
                    volume -> secrets.add(volume.path("secret").path("secretName").asString(""))));
  }

  /// Takes out the volumes of a kind that are mounted at a path as a whole, with their mounts.
  private List<JsonNode> take(String kind, String path) {
    List<JsonNode> taken = new ArrayList<>();
    for (Iterator<JsonNode> mounts = container.path("volumeMounts").iterator();
        mounts.hasNext(); ) {
      JsonNode mount = mounts.next();
      String name = mount.path("name").asString("");
      for (Iterator<JsonNode> volumes = revision.path("volumes").iterator(); volumes.hasNext(); ) {
        JsonNode volume = volumes.next();
        if (mount.path("mountPath").asString("").equals(path)
            && !mount.has("subPath")
            && volume.path("name").asString("").equals(name)
            && isOfFunctions(kind, path, volume)) {
          taken.add(volume);
          volumes.remove();
          mounts.remove();
        }
      }
    }
    return taken;
  }

  private static boolean isOfFunctions(String kind, String path, JsonNode volume) {
    JsonNode source = volume.path(kind);
    return switch (kind) {
      case "emptyDir" -> source.isObject() && source.isEmpty();
      case "secret" ->
          !source.has("items")
              && path.equals(SECRETS_PATH + "/" + source.path("secretName").asString(""));
      default ->
          !source.path("sources").isEmpty()
              && source
                  .path("sources")
                  .valueStream()
                  .allMatch(it -> it.has("secret") && !it.path("secret").has("items"));
    };
  }

  /// How long a request may take follows from the watchdog's time limits.
  private void limitsOfRequests(Map<String, String> environment) {
    long derived =
        Stream.of("exec_timeout", "write_timeout")
            .map(name -> environment.getOrDefault(name, ""))
            .flatMap(text -> GoDuration.parse(text.matches("[0-9]+") ? text + "s" : text).stream())
            .filter(Duration::isPositive)
            .max(Comparator.naturalOrder())
            .map(limit -> limit.plusMillis(999).toSeconds())
            .orElse(TIMEOUT);
    if (revision.path("timeoutSeconds").asLong(derived) == derived) {
      revision.remove("timeoutSeconds");
    }
    remove(revision, "containerConcurrency", 0);
    if (!revision.path("enableServiceLinks").asBoolean(false)) {
      revision.remove("enableServiceLinks");
    }
  }

  private static String text(@Nullable JsonNode node) {
    return node == null ? "" : node.asString("");
  }
}
