package dev.ebb.e2e;

import static dev.ebb.e2e.ServingObjects.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// "Detailed Resources" of the Knative Serving API specification 1.0.2: every field of every table,
/// taken under strict validation and given back as it was, or refused as its row says. Nothing is
/// stored: the writes are dry runs.
@ExtendWith(SharedPlatform.class)
@Timeout(60)
class ServingFieldsTest {
  private static final String STRICT = "?dryRun=All&fieldValidation=Strict";
  private static ServingObjects serving;
  private static JsonNode ready;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    serving = new ServingObjects(shared, "fields");
    ObjectNode service = serving.service("told", "told");
    ((ObjectNode) service.path("spec"))
        .set("traffic", json("{'t': [{'percent': 100, 'tag': 'new'}]}").path("t"));
    serving.create("services", service);
    ready = serving.awaitReady("services", "told");
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  /// The clause, where in the RevisionTemplateSpec, and what.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RevisionMetadata.name | /metadata/name | 'a-one'
          RevisionMetadata.labels | /metadata/labels | {'k': 'v'}
          RevisionMetadata.annotations | /metadata/annotations | {'k': 'v'}
          RevisionSpec.containerConcurrency | /spec/containerConcurrency | 7
          RevisionSpec.timeoutSeconds | /spec/timeoutSeconds | 11
          RevisionSpec.serviceAccountName | /spec/serviceAccountName | 'default'
          RevisionSpec.imagePullSecrets, LocalObjectReference.name | /spec/imagePullSecrets | [{'name': 's'}]
          RevisionSpec.enableServiceLinks | /spec/enableServiceLinks | false
          Container.args | /spec/containers/0/args | ['a']
          Container.command | /spec/containers/0/command | ['c']
          Container.env, EnvVar.name, EnvVar.value | /spec/containers/0/env | [{'name': 'A', 'value': 'b'}]
          EnvVarSource.configMapKeyRef | /spec/containers/0/env | [{'name': 'A', 'valueFrom': {'configMapKeyRef': {'name': 'm', 'key': 'k', 'optional': true}}}]
          EnvVarSource.secretKeyRef | /spec/containers/0/env | [{'name': 'A', 'valueFrom': {'secretKeyRef': {'name': 's', 'key': 'k', 'optional': false}}}]
          Container.envFrom, ConfigMapEnvSource | /spec/containers/0/envFrom | [{'prefix': 'P_', 'configMapRef': {'name': 'm', 'optional': true}}]
          SecretEnvSource | /spec/containers/0/envFrom | [{'secretRef': {'name': 's', 'optional': true}}]
          Container.imagePullPolicy | /spec/containers/0/imagePullPolicy | 'Always'
          Container.livenessProbe, ExecAction.command | /spec/containers/0/livenessProbe | {'exec': {'command': ['true']}, 'periodSeconds': 5, 'failureThreshold': 2, 'initialDelaySeconds': 1, 'timeoutSeconds': 3}
          Container.name | /spec/containers/0/name | 'box'
          Container.ports, ContainerPort | /spec/containers/0/ports | [{'name': 'h2c', 'containerPort': 9999, 'protocol': 'TCP'}]
          Container.readinessProbe, HTTPGetAction, HTTPHeader | /spec/containers/0/readinessProbe | {'httpGet': {'host': 'h', 'path': '/p', 'port': 0, 'scheme': 'HTTP', 'httpHeaders': [{'name': 'N', 'value': 'v'}]}, 'successThreshold': 1}
          TCPSocketAction | /spec/containers/0/readinessProbe | {'tcpSocket': {'host': 'h', 'port': 0}, 'successThreshold': 1}
          Container.resources, ResourceRequirements | /spec/containers/0/resources | {'limits': {'cpu': '1', 'memory': '100Mi'}, 'requests': {'cpu': '500m', 'memory': '50Mi'}}
          Container.securityContext, SecurityContext | /spec/containers/0/securityContext | {'readOnlyRootFilesystem': true, 'runAsGroup': 2, 'runAsUser': 1}
          Container.terminationMessagePath | /spec/containers/0/terminationMessagePath | '/tmp/m'
          Container.terminationMessagePolicy | /spec/containers/0/terminationMessagePolicy | 'FallbackToLogsOnError'
          Container.workingDir | /spec/containers/0/workingDir | '/w'
          """)
  void aFieldOfATemplateIsTakenAndGivenBack(String clause, String pointer, String value) {
    ObjectNode service = serving.service("a", "x");
    set(service, "/spec/template" + pointer, value);

    JsonNode stored = serving.api().post(serving.path("services") + STRICT, service).expect(201);

    assertThat(stored.at("/spec/template" + pointer)).as(clause).isEqualTo(value(value));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ConfigMapVolumeSource, KeyToPath | {'configMap': {'name': 'm', 'defaultMode': 420, 'optional': true, 'items': [{'key': 'k', 'path': 'p', 'mode': 256}]}}
          SecretVolumeSource | {'secret': {'secretName': 's', 'defaultMode': 420, 'optional': true, 'items': [{'key': 'k', 'path': 'p'}]}}
          ProjectedVolumeSource, VolumeProjection, ConfigMapProjection, SecretProjection | {'projected': {'defaultMode': 420, 'sources': [{'configMap': {'name': 'm', 'optional': true, 'items': [{'key': 'k', 'path': 'p'}]}}, {'secret': {'name': 's', 'optional': true}}]}}
          """)
  void aVolumeIsTakenAndItsMountIsReadOnly(String clause, String source) {
    ObjectNode service = serving.service("a", "x");
    ObjectNode volume = json(source).put("name", "v");
    set(service, "/spec/template/spec/volumes", "[" + volume + "]");
    set(
        service,
        "/spec/template/spec/containers/0/volumeMounts",
        "[{'name': 'v', 'mountPath': '/v', 'subPath': 'p'}]");

    JsonNode stored = serving.api().post(serving.path("services") + STRICT, service).expect(201);

    assertThat(stored.at("/spec/template/spec/volumes/0")).as(clause).isEqualTo(volume);
    assertThat(stored.at("/spec/template/spec/containers/0/volumeMounts/0"))
        .as("VolumeMount.readOnly must only accept true")
        .isEqualTo(json("{'name': 'v', 'mountPath': '/v', 'subPath': 'p', 'readOnly': true}"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Container.image is required | /spec/template/spec/containers/0/image | null | missing field(s): spec.template.spec.containers[0].image
          Container.ports: at most one | /spec/template/spec/containers/0/ports | [{'containerPort': 1}, {'containerPort': 2}] | more than one container port is set
          ContainerPort.name is http1 or h2c | /spec/template/spec/containers/0/ports | [{'name': 'grpc', 'containerPort': 1}] | Port name grpc is not allowed: spec.template.spec.containers[0].ports[0].name
          ContainerPort.protocol is TCP | /spec/template/spec/containers/0/ports | [{'protocol': 'UDP', 'containerPort': 1}] | invalid value: UDP: spec.template.spec.containers[0].ports[0].protocol
          EnvVarSource: one of configMapKeyRef, secretKeyRef | /spec/template/spec/containers/0/env | [{'name': 'A', 'valueFrom': {}}] | expected exactly one, got neither: spec.template.spec.containers[0].env[0].valueFrom
          VolumeMount.name is that of a volume | /spec/template/spec/containers/0/volumeMounts | [{'name': 'v', 'mountPath': '/v'}] | volumeMount has no matching volume: spec.template.spec.containers[0].volumeMounts[0].name
          RevisionMetadata.name begins with the parent's | /spec/template/metadata/name | 'other' | "other" must have prefix "a-"
          TrafficTarget: percents sum to 100 | /spec/traffic | [{'percent': 99}] | Traffic targets sum to 99, want 100
          TrafficTarget: at least one percent that is not zero | /spec/traffic | [{'tag': 't'}] | Traffic targets sum to 0, want 100
          TrafficTarget.percent is at most 100 | /spec/traffic | [{'percent': 101}] | expected 0 <= 101 <= 100
          TrafficTarget.configurationName is not for a Service | /spec/traffic | [{'percent': 100, 'configurationName': 'c'}] | must not set the field(s): spec.traffic[0].configurationName
          TrafficTarget.latestRevision is true without a name | /spec/traffic | [{'percent': 100, 'latestRevision': false}] | latestRevision is false
          TrafficTarget.latestRevision is false with a name | /spec/traffic | [{'percent': 100, 'revisionName': 'r', 'latestRevision': true}] | may not set revisionName "r" when latestRevision is true
          TrafficTarget.url is no input | /spec/traffic | [{'percent': 100, 'tag': 't', 'url': 'http://x'}] | must not set the field(s): spec.traffic[0].url
          a field that the resource does not have | /spec/template/spec/containers/0/lightbulb | 'on' | unknown field "spec.template.spec.containers[0].lightbulb"
          """)
  void whatATableForbidsIsRefused(String clause, String pointer, String value, String why) {
    ObjectNode service = serving.service("a", "x");
    set(service, pointer, value);

    KnApi.Answer answer = serving.api().post(serving.path("services") + STRICT, service);

    assertThat(answer.status()).as(answer.text()).isIn(400, 422);
    assertThat(answer.body().path("kind").asString("")).isEqualTo("Status");
    assertThat(answer.body().path("message").asString("")).as(clause).contains(why);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Service.status.observedGeneration | services | told | /status/observedGeneration | 1
          Service.status.url has a scheme | services | told | /status/url | http://told\\.fields\\.localhost.*
          Service.status.address.url, Addressable.url | services | told | /status/address/url | http://told\\.fields\\.svc\\.cluster\\.local
          Service.status.latestReadyRevisionName | services | told | /status/latestReadyRevisionName | told-00001
          Service.status.latestCreatedRevisionName | services | told | /status/latestCreatedRevisionName | told-00001
          Service.status.traffic | services | told | /status/traffic/0/revisionName | told-00001
          Service.status.traffic.percent | services | told | /status/traffic/0/percent | 100
          TrafficTarget.url has the tag in it | services | told | /status/traffic/0/url | http://new-told\\.fields\\.localhost.*
          Configuration.status.observedGeneration | configurations | told | /status/observedGeneration | 1
          Configuration.status.latestReadyRevisionName | configurations | told | /status/latestReadyRevisionName | told-00001
          Configuration.status.latestCreatedRevisionName | configurations | told | /status/latestCreatedRevisionName | told-00001
          Route.status.observedGeneration | routes | told | /status/observedGeneration | 1
          Route.status.url | routes | told | /status/url | http://told\\.fields\\.localhost.*
          Route.status.address.url | routes | told | /status/address/url | http://told\\.fields\\.svc\\.cluster\\.local
          Route.status.traffic | routes | told | /status/traffic/0/revisionName | told-00001
          Revision.status.observedGeneration | revisions | told-00001 | /status/observedGeneration | 1
          Revision.status.containerStatuses.name | revisions | told-00001 | /status/containerStatuses/0/name | user-container
          Revision.status.containerStatuses.imageDigest | revisions | told-00001 | /status/containerStatuses/0/imageDigest | .*@sha256:[0-9a-f]{64}
          """)
  void aStatusTells(String clause, String plural, String name, String pointer, String pattern) {
    JsonNode object = plural.equals("services") ? ready : serving.get(plural, name);
    assertThat(object.at(pointer).asString("")).as(clause).matches(pattern);
  }

  private static void set(ObjectNode object, String pointer, String value) {
    int last = pointer.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) object.at(pointer.substring(0, last));
    String field = pointer.substring(last + 1);
    if (value.equals("null")) {
      parent.remove(field);
    } else {
      parent.set(field, value(value));
    }
  }

  private static JsonNode value(String text) {
    return json("{'value': " + text + "}").path("value");
  }
}
