package dev.ebb.kinds.serving;

import static dev.ebb.kinds.Admission.defaulted;
import static dev.ebb.kinds.Admission.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServingValidationTest {
  private static final String SERVICE = "metadata: {name: a}\nspec: {template: {spec: %s}}";
  private static final String CONTAINER = "{containers: [{image: i, %s}]}";
  private static final String AT = "spec.template.spec.";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image: gcr.io/a/b",
        "image: 'localhost:5000/a/b:v1.2'",
        "image: 'function.ebb.dev/default/hello@sha256:0123456789012345678901234567890123456789012345678901234567890123'",
        "ports: [{containerPort: 8080, name: h2c}]",
        "env: [{name: A, value: ''}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        "envFrom: [{secretRef: {name: s}}, {prefix: P_, configMapRef: {name: c}}]",
        "resources: {limits: {memory: 128Mi, cpu: 1}, requests: {memory: 64Mi, cpu: 500m}}"
      })
  void whatKnativeTakesIsTaken(String container) {
    String yaml = SERVICE.formatted("{containers: [{image: i, name: c}]}");
    assertThat(errors(ServingKinds.SERVICE, yaml)).isEmpty();
    String with = container.startsWith("image") ? "{containers: [{%s}]}" : CONTAINER;
    assertThat(errors(ServingKinds.SERVICE, SERVICE.formatted(with.formatted(container))))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {containers: []}|containers: Required value
          {}|containers: Required value
          {containers: [{name: x}]}|containers[0].image: Required value
          {containers: [{image: 'A b'}]}|containers[0].image: Invalid value: "A b": is no image reference
          {containers: [{image: 7}]}|containers[0].image: Invalid value: 7: spec.template.spec.containers[0].image in body must be of type string: "integer"
          {containers: [{image: i, name: queue-proxy}]}|containers[0].name: Invalid value: "queue-proxy": is a reserved container name
          {containers: [{image: i, name: A}]}|containers[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of
          {containers: [{image: i, name: c}, {image: i, name: c, ports: [{containerPort: 1}]}]}|containers[1].name: Duplicate value: "c"
          {containers: [{image: i}, {image: j}]}|containers: Required value: one container must have a port
          {containers: [{image: i, ports: [{containerPort: 1}, {containerPort: 2}]}]}|containers: Invalid value: 2: more than one container port is set
          {containers: [{image: i, ports: [{containerPort: 70000}]}]}|containers[0].ports[0].containerPort: Invalid value: 70000: expected 0 <= 70000 <= 65535
          {containers: [{image: i, ports: [{containerPort: 8012}]}]}|containers[0].ports[0].containerPort: Invalid value: 8012: is a reserved port
          {containers: [{image: i, ports: [{containerPort: 1, name: http}]}]}|containers[0].ports[0].name: Unsupported value: "http": supported values: "", "h2c", "http1"
          {containers: [{image: i, ports: [{containerPort: 1, protocol: UDP}]}]}|containers[0].ports[0].protocol: Unsupported value: "UDP"
          {containers: [{image: i, env: [{name: PORT, value: '1'}]}]}|containers[0].env[0].name: Invalid value: "PORT": is a reserved environment variable
          {containers: [{image: i, ports: [{containerPort: 1}]}, {image: j, env: [{name: PORT, value: '2'}, {name: K_SERVICE, value: s}]}]}|containers[1].env[1].name: Invalid value: "K_SERVICE": is a reserved environment variable
          {containers: [{image: i, env: [{name: ''}]}]}|containers[0].env[0].name: Required value
          {containers: [{image: i, env: [{value: x}]}]}|containers[0].env[0].name: Required value
          {containers: [{image: i, env: [{name: A=B}]}]}|containers[0].env[0].name: Invalid value: "A=B": must consist of printable ASCII
          {containers: [{image: i, env: [{name: A, value: 1}]}]}|containers[0].env[0].value: Invalid value: 1
          {containers: [{image: i, env: [{name: A, valueFrom: {}}]}]}|containers[0].env[0].valueFrom: Required value: one of
          {containers: [{image: i, env: [{name: A, value: x, valueFrom: {secretKeyRef: {key: k}}}]}]}|containers[0].env[0].valueFrom: Forbidden
          {containers: [{image: i, envFrom: [{prefix: p}]}]}|containers[0].envFrom[0]: Required value: one of configMapRef, secretRef
          {containers: [{image: i, resources: {limits: {memory: lots}}}]}|containers[0].resources.limits[memory]: Invalid value: "lots"
          {containers: [{image: i, resources: {limits: {cpu: 1}, requests: {cpu: 2}}}]}|containers[0].resources.requests[cpu]: Invalid value: 2: must be less than or equal to its limit
          {containers: [{image: i, securityContext: {runAsUser: -10}}]}|containers[0].securityContext.runAsUser: Invalid value: -10: expected 0 <= -10 <= 2147483647
          {containers: [{image: i, securityContext: {runAsGroup: 2147483648}}]}|containers[0].securityContext.runAsGroup: Invalid value: 2147483648: expected 0 <= 2147483648 <= 2147483647
          {containers: [{image: i, livenessProbe: {}}]}|containers[0].livenessProbe: Required value: one of exec
          {containers: [{image: i, readinessProbe: {httpGet: {}, tcpSocket: {}}}]}|containers[0].readinessProbe: Forbidden: expected one of httpGet, tcpSocket
          {containers: [{image: i, readinessProbe: {failureThreshold: 3}}]}|containers[0].readinessProbe.failureThreshold: Forbidden
          {containers: [{image: i, readinessProbe: {periodSeconds: -1}}]}|containers[0].readinessProbe.periodSeconds: Invalid value: -1: expected 0 <= -1 <= 2147483647
          {containers: [{image: i, volumeMounts: [{name: v, mountPath: /v}]}]}|containers[0].volumeMounts[0].name: Invalid value: "v": no volume has this name
          {containers: [{image: i, volumeMounts: [{name: v, mountPath: v}]}], volumes: [{name: v, secret: {secretName: s}}]}|containers[0].volumeMounts[0].mountPath: Invalid value: "v": must be an absolute path
          {containers: [{image: i}], volumes: [{name: v}]}|volumes[0]: Required value: exactly one source
          {containers: [{image: i}], volumes: [{name: v, csi: {driver: d}}]}|volumes[0].csi: Forbidden: CSI volume support is disabled
          {containers: [{image: i}], volumes: [{name: v, hostPath: {path: /}}]}|volumes[0].hostPath: Forbidden: HostPath volume support is disabled
          {containers: [{image: i}], initContainers: [{image: j, ports: [{containerPort: 1}]}]}|initContainers[0].ports: Forbidden: must not be set
          {containers: [{image: i, name: a}], initContainers: [{image: j, name: a}]}|containers[0].name: Duplicate value: "a"
          {containers: [{image: i}], initContainers: [{image: j, volumeMounts: [{name: v, mountPath: /v}]}]}|initContainers[0].volumeMounts[0].name: Invalid value: "v": no volume has this name
          {containers: [{image: i}], timeoutSeconds: 601}|timeoutSeconds: Invalid value: 601: expected 0 <= 601 <= 600
          {containers: [{image: i}], timeoutSeconds: -1}|timeoutSeconds: Invalid value: -1
          {containers: [{image: i}], timeoutSeconds: 10, idleTimeoutSeconds: 11}|idleTimeoutSeconds: Invalid value: 11: expected 0 <= 11 <= 10
          {containers: [{image: i}], containerConcurrency: 1001}|containerConcurrency: Invalid value: 1001: expected 0 <= 1001 <= 1000
          {containers: [{image: i}], nodeSelector: {a: b}}|nodeSelector: Forbidden: must not be set
          {containers: [{image: i}], serviceAccountName: A}|serviceAccountName: Invalid value: "A"
          """)
  void aRevisionSpecIsRefused(String spec, String error) {
    assertThat(errors(ServingKinds.SERVICE, SERVICE.formatted(spec)))
        .first()
        .asString()
        .startsWith(AT + error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{percent: 99}]|spec.traffic: Invalid value: 99: Traffic targets sum to 99, want 100
          [{percent: 50}, {percent: 50, tag: t}, {percent: 0, tag: t}]|spec.traffic[2].tag: Duplicate value: "t"
          [{percent: 100, tag: T}]|spec.traffic[0].tag: Invalid value: "T": a DNS-1035 label must consist of
          [{percent: 100, revisionName: r, latestRevision: true}]|spec.traffic[0].latestRevision: Invalid value: true
          [{percent: 100, latestRevision: false}]|spec.traffic[0].latestRevision: Invalid value: false
          [{percent: 100, configurationName: c}]|spec.traffic[0].configurationName: Forbidden: must not be set
          [{percent: 101, revisionName: a-1}, {percent: -1}]|spec.traffic[0].percent: Invalid value: 101: expected 0 <= 101 <= 100
          [{percent: 100, url: 'http://x'}]|spec.traffic[0].url: Forbidden
          [{percent: '100'}]|spec.traffic[0].percent: Invalid value: "100": spec.traffic[0].percent in body must be of type integer: "string"
          """)
  void trafficIsRefused(String traffic, String error) {
    String yaml =
        "{metadata: {name: a}, spec: {template: {spec: {containers: [{image: i}]}}, traffic: %s}}"
            .formatted(traffic);
    assertThat(errors(ServingKinds.SERVICE, yaml)).first().asString().startsWith(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          min-scale: '-1'|min-scale]: Invalid value: "-1": must be a whole number
          minScale: x|minScale]: Invalid value: "x": must be a whole number
          max-scale: '1.5'|max-scale]: Invalid value: "1.5"
          {min-scale: '3', max-scale: '2'}|max-scale]: Invalid value: 2: max-scale=2 is less than min-scale=3
          activation-scale: '1'|activation-scale]: Invalid value: 1: must be greater than 1
          {activation-scale: '2', min-scale: '3'}|activation-scale]: Invalid value: 2: is less than min-scale=3
          {activation-scale: '4', max-scale: '3'}|activation-scale]: Invalid value: 4: is greater than max-scale=3
          initial-scale: many|initial-scale]: Invalid value: "many"
          target: '0'|target]: Invalid value: "0": must be at least 0.01
          target: NaN|target]: Invalid value: "NaN": must be a number
          target-utilization-percentage: '101'|target-utilization-percentage]: Invalid value: "101": must be at most 100
          panic-window-percentage: '0.5'|panic-window-percentage]: Invalid value: "0.5": must be at least 1
          panic-threshold-percentage: '100'|panic-threshold-percentage]: Invalid value: "100": must be at least 110
          target-burst-capacity: '-0.5'|target-burst-capacity]: Invalid value: -0.5
          window: 5s|window]: Invalid value: "5s": must be from 6s to 1h
          window: 6.5s|window]: Invalid value: "6.5s": must be in whole seconds
          window: '60'|window]: Invalid value: "60": must be a duration
          scale-down-delay: 2h|scale-down-delay]: Invalid value: "2h": must be from 0s to 1h
          scaleToZeroPodRetentionPeriod: -1s|scaleToZeroPodRetentionPeriod]: Invalid value: "-1s"
          metric: cpu|metric]: Invalid value: "cpu": must be concurrency or rps
          {class: hpa.autoscaling.knative.dev, metric: concurrency}|metric]: Invalid value: "concurrency": must be cpu or memory: there are no custom metrics here
          {class: hpa.autoscaling.knative.dev, metric: queue-length}|metric]: Invalid value: "queue-length": must be cpu or memory
          class: x.knative.dev|class]: Invalid value: "x.knative.dev": is not supported
          metric-aggregation-algorithm: best|metric-aggregation-algorithm]: Invalid value: "best"
          """)
  void anAutoscalingAnnotationIsRefused(String annotations, String error) {
    String flow = annotations.startsWith("{") ? annotations : "{" + annotations + "}";
    String named = flow.replaceAll("([{ ])([a-zA-Z-]+): ", "$1autoscaling.knative.dev/$2: ");
    assertThat(errors(ServingKinds.SERVICE, template("{annotations: " + named + "}")))
        .singleElement()
        .asString()
        .startsWith("spec.template.metadata.annotations[autoscaling.knative.dev/" + error);
  }

  @Test
  void theScalingMetricOfEbbIsTheBacklog() {
    assertThat(
            errors(
                ServingKinds.SERVICE,
                template("{annotations: {serving.ebb.dev/scaling-metric: backlog}}")))
        .isEmpty();
    assertThat(
            errors(
                ServingKinds.SERVICE,
                template("{annotations: {serving.ebb.dev/scaling-metric: queue}}")))
        .singleElement()
        .asString()
        .startsWith(
            "spec.template.metadata.annotations[serving.ebb.dev/scaling-metric]: Unsupported"
                + " value: \"queue\": supported values: \"backlog\"");
  }

  @Test
  void autoscalingAnnotationsOfRealServicesAreTaken() {
    assertThat(
            errors(
                ServingKinds.SERVICE,
                template(
                    """
                    {annotations: {autoscaling.knative.dev/class: kpa.autoscaling.knative.dev,
                     autoscaling.knative.dev/metric: rps, autoscaling.knative.dev/target: "0.5",
                     autoscaling.knative.dev/minScale: "1", autoscaling.knative.dev/max-scale: "0",
                     autoscaling.knative.dev/window: 1m30s, autoscaling.knative.dev/initial-scale: "0",
                     autoscaling.knative.dev/target-burst-capacity: "-1",
                     autoscaling.knative.dev/scale-to-zero-pod-retention-period: 1m5s,
                     serving.knative.dev/progress-deadline: 120s}}\
                    """)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {name: A}|metadata.name: Invalid value: "A": a DNS-1035 label must consist of
          {name: 1a}|metadata.name: Invalid value: "1a"
          {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}|metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 63 characters
          {name: a, labels: {'a b': c}}|metadata.labels: Invalid value: "a b": name part must consist of
          {name: a, labels: {a: 'b c'}}|metadata.labels: Invalid value: "b c": a valid label must be an empty string or
          {name: a, annotations: {autoscaling.knative.dev/min-scale: '1'}}|metadata.annotations: Invalid value: "autoscaling.knative.dev/min-scale": autoscaling annotations must be put under "spec.template.metadata.annotations" to work
          {name: a, annotations: {serving.knative.dev/rollout-duration: 1.5s}}|metadata.annotations[serving.knative.dev/rollout-duration]: Invalid value: "1.5s"
          {name: a, annotations: {serving.ebb.dev/session-affinity: Cookie}}|metadata.annotations[serving.ebb.dev/session-affinity]: Unsupported value: "Cookie": supported values: "cookie", "none"
          """)
  void metadataIsRefused(String metadata, String error) {
    String yaml =
        "{metadata: %s, spec: {template: {spec: {containers: [{image: i}]}}}}".formatted(metadata);
    assertThat(errors(ServingKinds.SERVICE, yaml)).singleElement().asString().startsWith(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {name: b-1}|spec.template.metadata.name: Invalid value: "b-1": "b-1" must have prefix "a-"
          {name: a-B}|spec.template.metadata.name: Invalid value: "a-B": a DNS-1035 label must consist of
          {labels: {'': x}}|spec.template.metadata.labels: Invalid value: "": name part must consist of
          {annotations: {serving.knative.dev/progress-deadline: soon}}|spec.template.metadata.annotations[serving.knative.dev/progress-deadline]: Invalid value: "soon"
          """)
  void theMetadataOfATemplateIsRefused(String metadata, String error) {
    assertThat(errors(ServingKinds.SERVICE, template(metadata)))
        .first()
        .asString()
        .startsWith(error);
  }

  @Test
  void aTemplateWithANameMustChangeItsNameWhenItChanges() {
    KubernetesObject before = defaulted(ServingKinds.SERVICE, template("{name: a-one}"));
    String changed = template("{name: a-one}").replace("image: i", "image: j");
    assertThat(errors(ServingKinds.SERVICE, changed, Optional.of(before)))
        .containsExactly(
            "spec.template.metadata.name: Invalid value: \"a-one\": Saw the following changes"
                + " without a name change (-old +new): spec.containers[0].image: -\"i\" +\"j\"");
    assertThat(errors(ServingKinds.SERVICE, template("{name: a-one}"), Optional.of(before)))
        .isEmpty();
    String renamed = changed.replace("a-one", "a-two");
    assertThat(errors(ServingKinds.SERVICE, renamed, Optional.of(before))).isEmpty();
  }

  @Test
  void theSpecOfARevisionNeverChanges() {
    String revision = "{metadata: {name: r}, spec: {containers: [{image: i}]}}";
    KubernetesObject before = defaulted(ServingKinds.REVISION, revision);
    String same =
        """
        {metadata: {name: r, labels: {x: z}}, spec: {containerConcurrency: 0, timeoutSeconds: 300.0,
         enableServiceLinks: false, containers: [{image: i, name: user-container, resources: {},
         readinessProbe: {successThreshold: 1, tcpSocket: {port: 0}}}]}}\
        """;
    assertThat(errors(ServingKinds.REVISION, same, Optional.of(before))).isEmpty();
    assertThat(
            errors(
                ServingKinds.REVISION, same.replace("image: i", "image: j"), Optional.of(before)))
        .containsExactly(
            "spec: Forbidden: Immutable fields changed (-old +new):"
                + " containers[0].image: -\"i\" +\"j\"");
  }

  @Test
  void aRouteNamesARevisionOrAConfiguration() {
    assertThat(
            errors(ServingKinds.ROUTE, "{metadata: {name: r}, spec: {traffic: [{percent: 100}]}}"))
        .singleElement()
        .asString()
        .startsWith("spec.traffic[0].revisionName: Required value");
    assertThat(
            errors(
                ServingKinds.ROUTE,
                "{metadata: {name: r}, spec: {traffic: [{percent: 100, configurationName: c}]}}"))
        .isEmpty();
  }

  @Test
  void whatWasAcceptedOnceTakesAStatusEvenIfRulesBecameStricter() {
    KubernetesObject stored =
        defaulted(ServingKinds.ROUTE, "{metadata: {name: r}, spec: {traffic: [{percent: 1}]}}");
    assertThat(
            errors(
                ServingKinds.ROUTE,
                "{metadata: {name: r}, spec: {traffic: [{percent: 1}]}, status: {url: 'http://r'}}",
                Optional.of(stored)))
        .isEmpty();
  }

  private static String template(String metadata) {
    return "{metadata: {name: a}, spec: {template: {metadata: %s, spec: {containers: [{image: i}]}}}}"
        .formatted(metadata);
  }
}
