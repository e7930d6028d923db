package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// That the real kinds go through the real driver.
final class BuiltInKindsTest {
  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final WriteOptions JANE =
      new WriteOptions(
          WriteOptions.Subresource.NONE,
          "kubectl",
          "jane",
          false,
          WriteOptions.FieldValidation.WARN,
          false);
  private static final ObjectKey SETTINGS = new ObjectKey("knative-serving", "config-defaults");

  @Test
  void aNamespaceIsActiveAndHeld() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition kind = resources.kinds().byResource("", "v1", "namespaces").orElseThrow();

      KubernetesObject namespace = resources.get(kind, ObjectKey.clusterScoped("default"));

      assertThat(namespace.status().path("phase").asString()).isEqualTo("Active");
      assertThat(namespace.spec().path("finalizers").get(0).asString()).isEqualTo("kubernetes");
      assertThat(namespace.labels()).containsEntry("kubernetes.io/metadata.name", "default");
    }
  }

  @Test
  void aPodNeedsItsServiceAccount() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition pods = resources.kinds().byResource("", "v1", "pods").orElseThrow();
      KubernetesObject pod =
          object(
              """
              {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'namespace': 'default', 'name': 'p'},
               'spec': {'serviceAccountName': 'robot', 'containers': [{'name': 'c', 'image': 'i'}]}}
              """);

      ApiStatus refusal = refused(() -> resources.create(pods, pod, JANE));

      assertThat(refusal.code()).isEqualTo(403);
      assertThat(refusal.reason()).isEqualTo("Forbidden");
      assertThat(refusal.message())
          .isEqualTo(
              "pods \"p\" is forbidden: error looking up service account default/robot:"
                  + " serviceaccount \"robot\" not found");

      KindDefinition accounts =
          resources.kinds().byResource("", "v1", "serviceaccounts").orElseThrow();
      resources.create(
          accounts,
          object(
              "{'apiVersion': 'v1', 'kind': 'ServiceAccount', 'metadata':"
                  + " {'namespace': 'default', 'name': 'robot'}}"),
          TEST);
      assertThat(resources.create(pods, pod, JANE).object().name()).isEqualTo("p");
    }
  }

  @Test
  void aStrategicMergePatchFollowsTheSchemaOfADeployment() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition kind = resources.kinds().byResource("apps", "v1", "deployments").orElseThrow();
      resources.create(
          kind,
          object(
              """
              {'apiVersion': 'apps/v1', 'kind': 'Deployment',
               'metadata': {'namespace': 'default', 'name': 'd'},
               'spec': {'selector': {'matchLabels': {'a': 'b'}}, 'template': {
                 'metadata': {'labels': {'a': 'b'}}, 'spec': {'containers': [
                   {'name': 'one', 'image': 'x:1', 'env': [{'name': 'A', 'value': '1'}]},
                   {'name': 'two', 'image': 'y:1'}]}}}}
              """),
          TEST);

      KubernetesObject patched =
          resources
              .patch(
                  kind,
                  new ObjectKey("default", "d"),
                  new Patch(
                      Patch.Type.STRATEGIC_MERGE,
                      object(
                              """
                              {'spec': {'template': {'spec': {'containers': [
                                {'name': 'one', 'env': [{'name': 'B', 'value': '2'}]},
                                {'name': 'two', '$patch': 'delete'}]}}}}
                              """)
                          .json()),
                  TEST)
              .object();

      assertThat(patched.json().at("/spec/template/spec/containers").size()).isEqualTo(1);
      assertThat(patched.json().at("/spec/template/spec/containers/0/image").asString())
          .isEqualTo("x:1");
      assertThat(patched.json().at("/spec/template/spec/containers/0/env").size()).isEqualTo(2);
      assertThat(patched.generation()).isEqualTo(2);
    }
  }

  @Test
  void aWriteIsUnderTheSettingsThatWereWrittenBeforeIt() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition configMap = resources.kinds().byResource("", "v1", "configmaps").orElseThrow();
      resources.createNamespace("knative-serving");
      resources.create(configMap, settings("{'revision-timeout-seconds': '100'}"), TEST);

      assertThat(service(resources, "a").at("/spec/template/spec/timeoutSeconds").asInt())
          .isEqualTo(100);

      resources.patch(
          configMap,
          SETTINGS,
          new Patch(
              Patch.Type.MERGE, object("{'data': {'revision-timeout-seconds': '200'}}").json()),
          TEST);
      assertThat(service(resources, "b").at("/spec/template/spec/timeoutSeconds").asInt())
          .isEqualTo(200);
      assertThat(
              resources
                  .get(ServingKinds.SERVICE, new ObjectKey("default", "a"))
                  .json()
                  .at("/spec/template/spec/timeoutSeconds")
                  .asInt())
          .isEqualTo(100);

      resources.delete(configMap, SETTINGS, DeleteOptions.background());
      assertThat(service(resources, "c").at("/spec/template/spec/timeoutSeconds").asInt())
          .isEqualTo(300);
    }
  }

  @Test
  void settingsThatCannotBeUsedAreRefusedAsByKnativesWebhook() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition configMap = resources.kinds().byResource("", "v1", "configmaps").orElseThrow();
      resources.createNamespace("knative-serving");
      String denied =
          "admission webhook \"config.webhook.serving.knative.dev\" denied the request: validation"
              + " failed: failed to parse \"revision-timeout-seconds\": strconv.ParseInt: parsing"
              + " \"five\": invalid syntax";
      KubernetesObject bad = settings("{'revision-timeout-seconds': 'five'}");

      ApiStatus create = refused(() -> resources.create(configMap, bad, TEST));
      resources.create(configMap, settings("{}"), TEST);
      ApiStatus update = refused(() -> resources.update(configMap, bad, TEST));

      for (ApiStatus status : List.of(create, update)) {
        assertThat(status.code()).isEqualTo(400);
        assertThat(status.reason()).isEqualTo("BadRequest");
        assertThat(status.message()).isEqualTo(denied);
      }
    }
  }

  private static ApiStatus refused(ThrowingCallable write) {
    return catchThrowableOfType(ApiException.class, write).status();
  }

  private static KubernetesObject settings(String data) {
    return object(
        """
        {'apiVersion': 'v1', 'kind': 'ConfigMap', 'data': %s,
         'metadata': {'namespace': 'knative-serving', 'name': 'config-defaults'}}
        """
            .formatted(data));
  }

  private static JsonNode service(TestingResources resources, String name) {
    return resources
        .create(
            ServingKinds.SERVICE,
            object(
                """
                {'apiVersion': 'serving.knative.dev/v1', 'kind': 'Service',
                 'metadata': {'namespace': 'default', 'name': '%s'},
                 'spec': {'template': {'spec': {'containers': [{'image': 'i'}]}}}}
                """
                    .formatted(name)),
            TEST)
        .object()
        .json();
  }
}
