package dev.ebb.kinds.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.YamlReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What `config-defaults` and `config-features` make of the rules of Serving's kinds.
class ConfiguredRulesTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {revision-timeout-seconds: "100"}                 | containers: [{image: i}]                            | timeoutSeconds                        | 100
          {revision-timeout-seconds: "100"}                 | timeoutSeconds: 20                                  | timeoutSeconds                        | 20
          {revision-timeout-seconds: "100"}                 | timeoutSeconds: 200                                 | responseStartTimeoutSeconds           | 100
          {revision-response-start-timeout-seconds: "30"}   | containers: [{image: i}]                            | responseStartTimeoutSeconds           | 30
          {revision-response-start-timeout-seconds: "30"}   | timeoutSeconds: 30                                  | responseStartTimeoutSeconds           |
          {revision-response-start-timeout-seconds: "30"}   | responseStartTimeoutSeconds: 0                      | responseStartTimeoutSeconds           | 0
          {revision-idle-timeout-seconds: "40"}             | containers: [{image: i}]                            | idleTimeoutSeconds                    | 40
          {revision-idle-timeout-seconds: "40"}             | timeoutSeconds: 40                                  | idleTimeoutSeconds                    |
          {container-concurrency: "7"}                      | containers: [{image: i}]                            | containerConcurrency                  | 7
          {container-concurrency: "7"}                      | containerConcurrency: 0                             | containerConcurrency                  | 0
          {enable-service-links: "true"}                    | containers: [{image: i}]                            | enableServiceLinks                    | true
          {enable-service-links: default}                   | containers: [{image: i}]                            | enableServiceLinks                    |
          {container-name-template: "{{.Name}}-main"}       | containers: [{image: i}]                            | containers/0/name                     | "hello-main"
          {container-name-template: "{{.Name}}-main"}       | containers: [{image: i}, {image: j, name: k}]       | containers/0/name                     | "hello-main-0"
          {container-name-template: "{{.Labels.app}}"}      | containers: [{image: i}]                            | containers/0/name                     | "shop"
          {init-container-name-template: "{{.Namespace}}"}  | initContainers: [{image: i}]                        | initContainers/0/name                 | "default"
          {init-container-name-template: same, container-name-template: same} | {containers: [{image: i}], initContainers: [{image: i}]} | initContainers/0/name | "same-0"
          {revision-cpu-request: 100m, revision-cpu-limit: "1"} | containers: [{image: i}]                        | containers/0/resources                | {"requests":{"cpu":"100m"},"limits":{"cpu":"1"}}
          {revision-memory-request: 64Mi}                   | containers: [{image: i, resources: {requests: {memory: 1Gi}}}] | containers/0/resources     | {"requests":{"memory":"1Gi"}}
          {revision-memory-limit: 64Mi}                     | {containers: [{image: i}], initContainers: [{image: i}]} | initContainers/0/resources      | {}
          {revision-timeout-seconds: nonsense}              | containers: [{image: i}]                            | timeoutSeconds                        | 300
          """)
  void aRevisionSpecGets(String config, String spec, String path, String expected) {
    ConfigSource source = source(config, "{}");
    for (KindDefinition kind : List.of(ServingKinds.SERVICE, ServingKinds.CONFIGURATION)) {
      JsonNode template = admitted(kind, template(spec), source).spec().path("template");
      assertThat(text(template.path("spec"), path)).isEqualTo(expected);
    }
    JsonNode revision = admitted(ServingKinds.REVISION, "spec: " + flow(spec), source).spec();
    assertThat(text(revision, path)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                        | timeoutSeconds: 600                    |
          {}                                        | timeoutSeconds: 601                    | timeoutSeconds: Invalid value: 601: expected 0 <= 601 <= 600
          {max-revision-timeout-seconds: "900"}     | timeoutSeconds: 601                    |
          {max-revision-timeout-seconds: "900"}     | timeoutSeconds: 901                    | timeoutSeconds: Invalid value: 901: expected 0 <= 901 <= 900
          {max-revision-timeout-seconds: "300"}     | timeoutSeconds: 301                    | timeoutSeconds: Invalid value: 301: expected 0 <= 301 <= 300
          {container-concurrency-max-limit: "2000"} | containerConcurrency: 2000             |
          {container-concurrency-max-limit: "10"}   | containerConcurrency: 11               | containerConcurrency: Invalid value: 11: expected 0 <= 11 <= 10
          {allow-container-concurrency-zero: "false"} | containerConcurrency: 0              | containerConcurrency: Invalid value: 0: expected 1 <= 0 <= 1000
          {allow-container-concurrency-zero: "false", container-concurrency: "1"} | timeoutSeconds: 1 |
          """)
  void limitsAreThoseOfConfigDefaults(String config, String spec, String error) {
    assertThat(errors(template(spec + ", containers: [{image: i}]"), source(config, "{}")))
        .isEqualTo(expected(error));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                        | initial-scale: "0"               |
          {allow-zero-initial-scale: "true"}        | initial-scale: "0"               |
          {allow-zero-initial-scale: "false"}       | initial-scale: "1"               |
          {allow-zero-initial-scale: "false"}       | initial-scale: "0"               | initial-scale]: Invalid value: 0: autoscaling.knative.dev/initial-scale=0 not allowed by cluster
          {max-scale: "3", max-scale-limit: "5"}    | min-scale: "1"                   |
          {max-scale: "3", max-scale-limit: "5"}    | max-scale: "5"                   |
          {max-scale: "3", max-scale-limit: "5"}    | max-scale: "6"                   | max-scale]: Invalid value: 6: expected 1 <= 6 <= 5
          {max-scale: "3", max-scale-limit: "5"}    | maxScale: "6"                    | maxScale]: Invalid value: 6: expected 1 <= 6 <= 5
          {max-scale: "3", max-scale-limit: "5"}    | max-scale: "0"                   | max-scale]: Invalid value: 0: max-scale=0 (unlimited), must be less than 5
          {}                                        | max-scale: "0"                   |
          {pod-autoscaler-class: hpa.autoscaling.knative.dev} | metric: cpu            |
          {pod-autoscaler-class: hpa.autoscaling.knative.dev} | metric: rps            | metric]: Invalid value: "rps": must be cpu or memory: there are no custom metrics here
          {pod-autoscaler-class: hpa.autoscaling.knative.dev} | {class: kpa.autoscaling.knative.dev, metric: rps} |
          {pod-autoscaler-class: mine.example.com}  | metric: anything                 |
          """)
  void scalingIsWhatConfigAutoscalerAllows(String config, String annotations, String error) {
    String named =
        flow(annotations).replaceAll("([{ ])([a-zA-Z-]+): ", "$1autoscaling.knative.dev/$2: ");
    Map<String, String> data = strings(config);
    ConfigSource source = key -> key.name().equals("config-autoscaler") ? data : Map.of();
    String yaml =
        "spec: {template: {metadata: {annotations: "
            + named
            + "}, spec: {containers: [{image: i}]}}}";
    assertThat(errors(yaml, source))
        .isEqualTo(
            error == null
                ? List.of()
                : List.of("spec.template.metadata.annotations[autoscaling.knative.dev/" + error));
  }

  @Test
  void aRevisionThatWasAcceptedIsLabelledUnderStricterSettings() {
    ConfigSource strict = key -> Map.of("max-scale", "1", "max-scale-limit", "1");
    KubernetesObject revision =
        admitted(ServingKinds.REVISION, "spec: {containers: [{image: i}]}", ConfigSource.NONE)
            .with(json ->
                json.withObject("/metadata")
                    .putObject("annotations")
                    .put("autoscaling.knative.dev/max-scale", "7"));
    KubernetesObject labelled =
        revision.with(json -> json.withObject("/metadata").withObject("/labels").put("a", "b"));
    KindRules rules = ServingKinds.REVISION.rules().under(strict);

    assertThat(rules.validate(labelled, Optional.of(revision))).isEmpty();
    assertThat(rules.validate(labelled, Optional.empty())).hasSize(1);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          kubernetes.podspec-nodeselector                  | Disabled | nodeSelector: {a: b}                  | nodeSelector: Forbidden: must not be set
          kubernetes.podspec-nodeselector                  | Enabled  | nodeSelector: {a: b}                  |
          kubernetes.podspec-tolerations                   | Allowed  | tolerations: [{key: a}]               |
          kubernetes.podspec-tolerations                   | Enabled  | tolerations: [{key: 7}]               | tolerations[0].key: Invalid value: 7: spec.tolerations[0].key in body must be of type string: "integer"
          kubernetes.podspec-hostaliases                   | Enabled  | hostAliases: [{ip: 10.0.0.1}]         |
          kubernetes.podspec-shareprocessnamespace         | enabled  | shareProcessNamespace: true           |
          kubernetes.podspec-securitycontext               | Disabled | securityContext: {runAsUser: 1}       | securityContext: Forbidden: must not be set
          kubernetes.podspec-securitycontext               | Enabled  | securityContext: {runAsUser: 1}       |
          secure-pod-defaults                              | Enabled  | securityContext: {runAsUser: 1}       |
          kubernetes.podspec-init-containers               | Enabled  | initContainers: [{image: i}]          |
          kubernetes.podspec-init-containers               | Disabled | initContainers: [{image: i}]          | initContainers: Forbidden: pod spec support for init-containers is off, but found 1 init containers
          kubernetes.podspec-volumes-emptydir              | Disabled | volumes: [{name: v, emptyDir: {}}]    | volumes[0].emptyDir: Forbidden: EmptyDir volume support is disabled
          kubernetes.podspec-volumes-hostpath              | Disabled | volumes: [{name: v, hostPath: {path: /x}}] | volumes[0].hostPath: Forbidden: HostPath volume support is disabled
          kubernetes.podspec-volumes-hostpath              | Enabled  | volumes: [{name: v, hostPath: {path: /x}}] |
          kubernetes.podspec-persistent-volume-claim       | Disabled | volumes: [{name: v, persistentVolumeClaim: {claimName: c}}] | volumes[0].persistentVolumeClaim: Forbidden: Persistent volume claim support is disabled
          kubernetes.podspec-persistent-volume-write       | Disabled | volumes: [{name: v, persistentVolumeClaim: {claimName: c}}] | volumes[0].persistentVolumeClaim: Forbidden: Persistent volume write support is disabled
          kubernetes.podspec-persistent-volume-write       | Disabled | volumes: [{name: v, persistentVolumeClaim: {claimName: c, readOnly: true}}] |
          multi-container                                  | Disabled | containers: [{image: i, ports: [{containerPort: 1}]}, {image: j}] | containers: Forbidden: multi-container is off, but found 2 containers
          multi-container-probing                          | Disabled | containers: [{image: i, ports: [{containerPort: 1}]}, {image: j, livenessProbe: {exec: {command: [x]}}}] | containers[1].livenessProbe: Forbidden: must not be set
          kubernetes.podspec-fieldref                      | Disabled | containers: [{image: i, env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}] | containers[0].env[0].valueFrom.fieldRef: Forbidden: must not be set
          kubernetes.containerspec-addcapabilities         | Disabled | containers: [{image: i, securityContext: {capabilities: {add: [NET_ADMIN]}}}] | containers[0].securityContext.capabilities.add: Forbidden: must not be set
          kubernetes.podspec-volumes-mount-propagation     | Disabled | {volumes: [{name: v, emptyDir: {}}], containers: [{image: i, volumeMounts: [{name: v, mountPath: /v, mountPropagation: None}]}]} | containers[0].volumeMounts[0].mountPropagation: Forbidden: Volume Mount Propagation support is disabled
          """)
  void featuresPermitOrForbid(String flag, String value, String spec, String error) {
    String whole =
        spec.contains("containers: [{image: i,") ? spec : spec + ", containers: [{image: i}]";
    assertThat(errors(template(whole), source("{}", "{%s: %s}".formatted(flag, value))))
        .isEqualTo(expected(error));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Disabled         | {image: i}                                  |
          Enabled          | {image: i}                                  | {"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"},"capabilities":{"drop":["ALL"]},"runAsNonRoot":true}
          AllowRootBounded | {image: i}                                  | {"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"},"capabilities":{"drop":["ALL"]}}
          AllowRootBounded | {image: i, ports: [{containerPort: 80}]}    | {"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"},"capabilities":{"drop":["ALL"],"add":["NET_BIND_SERVICE"]}}
          Enabled          | {image: i, securityContext: {runAsNonRoot: false, capabilities: {}, allowPrivilegeEscalation: true, seccompProfile: {type: Unconfined}}} | {"runAsNonRoot":false,"capabilities":{},"allowPrivilegeEscalation":true,"seccompProfile":{"type":"Unconfined"}}
          """)
  void secureDefaultsFillInWhatIsNotSaid(String flag, String container, String context) {
    KubernetesObject service =
        admitted(
            ServingKinds.SERVICE,
            template("containers: [" + container + "]"),
            source("{}", "{secure-pod-defaults: " + flag + "}"));
    JsonNode spec = service.spec().path("template").path("spec");
    assertThat(text(spec, "containers/0/securityContext")).isEqualTo(context);
  }

  @Test
  void whatIsStoredStaysWhenADefaultChanges() {
    String manifest = template("containers: [{image: i}]");
    KubernetesObject stored = admitted(ServingKinds.SERVICE, manifest, ConfigSource.NONE);
    ObjectNode again = stored.json().deepCopy();
    KindRules now =
        ServingKinds.SERVICE.rules().under(source("{revision-timeout-seconds: \"10\"}", "{}"));

    now.applyDefaults(again, Optional.of(stored));

    assertThat(again).isEqualTo(stored.json());
    assertThat(now.validate(new KubernetesObject(again), Optional.of(stored))).isEmpty();
  }

  private static String template(String spec) {
    return "spec: {template: {spec: " + flow(spec) + "}}";
  }

  private static String flow(String spec) {
    return spec.startsWith("{") && spec.endsWith("}") ? spec : "{" + spec + "}";
  }

  private static List<String> expected(@Nullable String error) {
    return error == null ? List.of() : List.of("spec.template.spec." + error);
  }

  private static @Nullable String text(JsonNode spec, String path) {
    JsonNode found = spec.at("/" + path);
    return found.isMissingNode() ? null : found.toString();
  }

  private static KubernetesObject admitted(KindDefinition kind, String yaml, ConfigSource config) {
    ObjectNode object =
        (ObjectNode)
            YamlReader.readAll(
                    "metadata: {name: hello, namespace: default, labels: {app: shop}}\n" + yaml)
                .getFirst();
    kind.schema().applyDefaults(object);
    kind.rules().under(config).applyDefaults(object, Optional.empty());
    return new KubernetesObject(object);
  }

  private static List<String> errors(String yaml, ConfigSource config) {
    KubernetesObject object = admitted(ServingKinds.SERVICE, yaml, config);
    List<FieldError> errors =
        ServingKinds.SERVICE.rules().under(config).validate(object, Optional.empty());
    return errors.stream().map(error -> error.field() + ": " + error.message()).toList();
  }

  private static ConfigSource source(String defaults, String features) {
    Map<String, Map<String, String>> data =
        Map.of("config-defaults", strings(defaults), "config-features", strings(features));
    return key ->
        key.namespace().equals("knative-serving")
            ? data.getOrDefault(key.name(), Map.of())
            : Map.of();
  }

  private static Map<String, String> strings(String yaml) {
    Map<String, String> strings = new HashMap<>();
    YamlReader.readAll(yaml)
        .getFirst()
        .properties()
        .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asString()));
    return strings;
  }
}
