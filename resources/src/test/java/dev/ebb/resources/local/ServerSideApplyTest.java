package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.FieldValidation;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.apply.CompactRecord;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class ServerSideApplyTest {
  private static final ObjectKey KEY = new ObjectKey("default", "d");

  private final TestingResources resources = new TestingResources();
  private final KindDefinition deployments =
      resources.kinds().byResource("apps", "v1", "deployments").orElseThrow();

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void theFirstApplyCreatesAndOwnsWhatItSays() {
    KubernetesObject created = apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);

    assertThat(created.generation()).isEqualTo(1);
    JsonNode record = CompactRecord.expand(created.metadata().path("managedFields"));
    assertThat(record.size()).isEqualTo(1);
    JsonNode entry = record.path(0);
    assertThat(entry.path("manager").asString()).isEqualTo("one");
    assertThat(entry.path("operation").asString()).isEqualTo("Apply");
    assertThat(entry.path("time").asString()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(entry.at("/fieldsV1/f:spec/f:template/f:spec"))
        .isEqualTo(
            object(
                    """
                    {'f:containers': {'k:{\\"name\\":\\"c\\"}':
                      {'.': {}, 'f:image': {}, 'f:name': {}}}}
                    """)
                .json());
    assertThat(entry.path("fieldsV1").has("f:apiVersion")).isFalse();
    assertThat(entry.at("/fieldsV1").has("f:metadata")).isFalse();
  }

  @Test
  void applyingTheSameAgainMakesNoVersion() {
    String deployment = deployment(1, "{'name':'c','image':'x:1'}");
    KubernetesObject created = apply("one", deployment, false);
    resources.clock().advance(Duration.ofMinutes(1));

    assertThat(apply("one", deployment, false)).isEqualTo(created);
  }

  @Test
  void whatIsNoLongerAppliedGoes() {
    apply(
        "one",
        deployment(
            1,
            "{'name':'c','image':'x:1','env':[{'name':'A','value':'1'}]},{'name':'e','image':'e'}"),
        false);

    KubernetesObject applied = apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);

    assertThat(applied.json().at("/spec/template/spec/containers").size()).isEqualTo(1);
    assertThat(applied.json().at("/spec/template/spec/containers/0").has("env")).isFalse();
  }

  @Test
  void whatOthersOwnStays() {
    apply("one", deployment(1, "{'name':'c','image':'x:1'},{'name':'e','image':'e'}"), false);
    apply(
        "two",
        containers("{'name':'e','image':'e','workingDir':'/'},{'name':'f','image':'f'}"),
        false);

    KubernetesObject applied = apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);

    assertThat(applied.json().at("/spec/template/spec/containers").findValuesAsString("name"))
        .containsExactly("c", "e", "f");
    assertThat(managers(applied)).containsExactlyInAnyOrder("two Apply", "one Apply");
  }

  @Test
  void anotherValueOfAnothersFieldIsAConflict() {
    KubernetesObject created = apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);

    ApiStatus status = refusal(() -> apply("two", containers("{'name':'c','image':'y:2'}"), false));

    assertThat(status.code()).isEqualTo(409);
    assertThat(status.message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"one\":"
                + " .spec.template.spec.containers[name=\"c\"].image");
    assertThat(status.causes())
        .extracting(cause -> cause.reason() + " " + cause.field())
        .containsExactly("FieldManagerConflict .spec.template.spec.containers[name=\"c\"].image");
    assertThat(resources.get(deployments, KEY)).isEqualTo(created);
  }

  @Test
  void forceTakesTheFieldOver() {
    apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);
    apply("two", containers("{'name':'c','image':'y:2'}"), true);

    // Now it is the other's, and a change of it a conflict the other way around.
    assertThat(
            refusal(() -> apply("one", deployment(1, "{'name':'c','image':'z:3'}"), false))
                .message())
        .contains("conflict with \"two\"");
  }

  @Test
  void theSameValueIsShared() {
    apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);
    apply("two", containers("{'name':'c','image':'x:1'}"), false);

    // The first gives it up, the second still wants it.
    KubernetesObject applied = apply("one", deployment(1, "{'name':'c'}"), false);

    assertThat(applied.json().at("/spec/template/spec/containers/0/image").asString())
        .isEqualTo("x:1");
  }

  @Test
  void anUpdateTakesWhatItChanges() {
    apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);
    patch("{'spec':{'replicas':5}}", "kubectl-edit");

    KubernetesObject edited = resources.get(deployments, KEY);
    assertThat(managers(edited)).containsExactly("one Apply", "kubectl-edit Update");
    assertThat(
            refusal(() -> apply("one", deployment(2, "{'name':'c','image':'x:1'}"), false))
                .message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using apps/v1:"
                + " .spec.replicas");
  }

  @Test
  void whatWasThereBeforeTheFirstApplyBelongsToNobodyInParticular() {
    resources.create(
        deployments,
        object(deployment(1, "{'name':'c','image':'x:1'}")),
        WriteOptions.by("a-controller"));
    assertThat(resources.get(deployments, KEY).metadata().has("managedFields")).isFalse();

    assertThat(
            refusal(() -> apply("one", deployment(2, "{'name':'c','image':'x:1'}"), false))
                .message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1:"
                + " .spec.replicas");
    KubernetesObject same = apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);
    assertThat(managers(same)).containsExactly("one Apply", "before-first-apply Update");
    assertThat(same.generation()).isEqualTo(1);
  }

  @Test
  void statusBelongsToTheSubresource() {
    apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);
    String status =
        "{'apiVersion':'apps/v1','kind':'Deployment','spec':{'replicas':9},'status':{'replicas':1}}";

    KubernetesObject applied =
        resources
            .patch(
                deployments,
                KEY,
                new Patch(Patch.Type.APPLY, object(status).json()),
                options("controller", false).to(Subresource.STATUS))
            .object();

    assertThat(applied.status().path("replicas").asInt()).isEqualTo(1);
    assertThat(applied.spec().path("replicas").asInt()).isEqualTo(1);
    JsonNode entry = CompactRecord.expand(applied.metadata().path("managedFields")).path(0);
    assertThat(entry.path("subresource").asString()).isEqualTo("status");
    assertThat(entry.path("fieldsV1").propertyNames()).containsExactly("f:status");
  }

  @Test
  void noConfigurationIsRefused() {
    apply("one", deployment(1, "{'name':'c','image':'x:1'}"), false);
    assertThat(refusal(() -> apply("", deployment(1, "{'name':'c'}"), false)).message())
        .endsWith("fieldManager: Required value: is required for apply patch");
    assertThat(refusal(() -> apply("one", "{'apiVersion':'v1','kind':'Pod'}", false)).code())
        .isEqualTo(400);
    assertThat(refusal(() -> apply("one", containers("{'image':'x'}"), false)).message())
        .isEqualTo(
            "failed to create typed patch object: associative list with keys has an element that"
                + " omits all key fields [name]");
    assertThat(
            refusal(() -> apply("one", containers("{'name':'x'},{'name':'x'}"), false)).message())
        .isEqualTo(
            "failed to create typed patch object: duplicate entries for key {\"name\":\"x\"}");
  }

  private KubernetesObject apply(String manager, String json, boolean force) {
    return resources
        .patch(
            deployments,
            KEY,
            new Patch(Patch.Type.APPLY, object(json).json()),
            options(manager, force))
        .object();
  }

  private void patch(String json, String manager) {
    ObjectNode body = object(json).json();
    resources.patch(deployments, KEY, new Patch(Patch.Type.MERGE, body), options(manager, false));
  }

  private static WriteOptions options(String manager, boolean force) {
    return new WriteOptions(
        Subresource.NONE, manager, "jane", false, FieldValidation.STRICT, force);
  }

  private static List<String> managers(KubernetesObject object) {
    return CompactRecord.expand(object.metadata().path("managedFields"))
        .valueStream()
        .map(entry -> entry.path("manager").asString() + " " + entry.path("operation").asString())
        .toList();
  }

  private static String deployment(int replicas, String containers) {
    return """
    {'apiVersion': 'apps/v1', 'kind': 'Deployment',
     'metadata': {'namespace': 'default', 'name': 'd'},
     'spec': {'replicas': %d, 'selector': {'matchLabels': {'a': 'b'}},
       'template': {'metadata': {'labels': {'a': 'b'}}, 'spec': {'containers': [%s]}}}}
    """
        .formatted(replicas, containers);
  }

  private static String containers(String containers) {
    return """
    {'apiVersion': 'apps/v1', 'kind': 'Deployment',
     'spec': {'template': {'spec': {'containers': [%s]}}}}
    """
        .formatted(containers);
  }

  private static ApiStatus refusal(ThrowingCallable call) {
    return catchThrowableOfType(ApiException.class, call).status();
  }
}
