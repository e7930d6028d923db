package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.FieldValidation;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.apply.CompactRecord;
import dev.ebb.resources.testing.TestingResources;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who owns which field, whoever writes in whatever way.
class FieldOwnersTest {
  private static final ObjectKey KEY = new ObjectKey("default", "a");

  private final TestingResources resources = new TestingResources(new BuiltInKinds());
  private final KindDefinition configMaps = kind("", "configmaps");
  private final KindDefinition deployments = kind("apps", "deployments");

  private KindDefinition kind(String group, String plural) {
    return resources.kinds().byResource(group, "v1", plural).orElseThrow();
  }

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void aClientOwnsWhatItMadeAndAControllerTellsNobody() {
    KubernetesObject made = create("kubectl-create", "'data':{'x':'1'}");

    JsonNode entry = record(made).path(0);
    assertThat(entry.path("manager").asString()).isEqualTo("kubectl-create");
    assertThat(entry.path("operation").asString()).isEqualTo("Update");
    assertThat(entry.path("apiVersion").asString()).isEqualTo("v1");
    assertThat(entry.path("fieldsType").asString()).isEqualTo("FieldsV1");
    assertThat(entry.path("fieldsV1")).isEqualTo(json("{'f:data':{'f:x':{}}}"));

    KubernetesObject other =
        resources
            .create(
                configMaps,
                configMap("'data':{}").with(json -> json.withObject("/metadata").put("name", "b")),
                WriteOptions.by("controller"))
            .object();
    assertThat(other.metadata().has("managedFields")).isFalse();
  }

  @Test
  void aPatchMovesAFieldToItsWriter() {
    create("one", "'data':{'x':'1','y':'1'}");
    KubernetesObject patched = merge("two", "{'data':{'y':'2','z':'3'}}");

    assertThat(owners(patched))
        .containsExactly(
            "one Update {\"f:data\":{\"f:x\":{}}}",
            "two Update {\"f:data\":{\"f:y\":{},\"f:z\":{}}}");
    assertThat(owners(merge("two", "{'data':{'x':null}}")))
        .containsExactly("two Update {\"f:data\":{\"f:y\":{},\"f:z\":{}}}");
  }

  static Stream<Arguments> records() {
    return Stream.of(
        Arguments.of("its own", "keep", List.of("one Update {\"f:data\":{\"f:x\":{}}}")),
        Arguments.of("none", "null", List.of("one Update {\"f:data\":{\"f:x\":{}}}")),
        Arguments.of(
            "one that cannot be read",
            "[{'manager':'x','operation':'y'}]",
            List.of("one Update {\"f:data\":{\"f:x\":{}}}")),
        Arguments.of("an empty one", "[]", List.of()),
        Arguments.of("one of an empty entry", "[{}]", List.of()),
        Arguments.of(
            "another",
            "[{'manager':'x','operation':'Apply','apiVersion':'v1','fieldsType':'FieldsV1',"
                + "'fieldsV1':{'f:data':{'f:x':{}}}}]",
            List.of("x Apply {\"f:data\":{\"f:x\":{}}}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  void anUpdateMayBringARecord(String what, String record, List<String> expected) {
    KubernetesObject made = create("one", "'data':{'x':'1'}");
    KubernetesObject next =
        record.equals("keep")
            ? made
            : made.with(json -> json.withObject("/metadata").set("managedFields", json(record)));

    KubernetesObject updated =
        resources.update(configMaps, next, options("two", Subresource.NONE, false)).object();

    assertThat(owners(updated)).as(what).isEqualTo(expected);
  }

  /// What `kubectl apply --server-side` does to an object that `kubectl apply` made.
  @Test
  void aRecordIsMigratedByAPatch() {
    KubernetesObject made = create("kubectl-client-side-apply", "'data':{'x':'1','y':'1'}");
    String record =
        record(made)
            .toString()
            .replace("kubectl-client-side-apply", "kubectl")
            .replace("Update", "Apply");
    JsonNode patch =
        json(
            "[{'op':'replace','path':'/metadata/managedFields','value':%s},"
                    .formatted(record.replace('"', '\''))
                + "{'op':'replace','path':'/metadata/resourceVersion','value':'%s'}]"
                    .formatted(made.resourceVersion()));

    KubernetesObject migrated =
        resources
            .patch(
                configMaps,
                KEY,
                new Patch(Patch.Type.JSON, patch),
                options("kubectl", Subresource.NONE, false))
            .object();
    assertThat(owners(migrated))
        .containsExactly("kubectl Apply {\"f:data\":{\"f:x\":{},\"f:y\":{}}}");

    KubernetesObject applied = apply("kubectl", "'data':{'x':'2'}", false).object();
    assertThat(applied.json().path("data")).isEqualTo(json("{'x':'2'}"));
  }

  @Test
  void whatTwoApplyStaysUntilBothGiveItUp() {
    assertThat(apply("one", "'data':{'x':'1'},'metadata':{'labels':{'l':'1'}}", false).created())
        .isTrue();
    assertThat(apply("two", "'data':{'x':'1'}", false).created()).isFalse();

    assertThat(apply("one", "'metadata':{'labels':{'l':'1'}}", false).object().json().path("data"))
        .isEqualTo(json("{'x':'1'}"));
    KubernetesObject last = apply("two", "'metadata':{}", false).object();
    assertThat(last.json().path("data").path("x").isMissingNode()).isTrue();
    assertThat(last.labels()).containsEntry("l", "1");
  }

  @Test
  void listsOfMetadataAreMergedByTheirKeys() {
    apply("one", "'metadata':{'finalizers':['a.b/one'],'annotations':{'p':'1'}}", false);
    KubernetesObject both =
        apply("two", "'metadata':{'finalizers':['a.b/two'],'annotations':{'q':'1'}}", false)
            .object();
    assertThat(both.finalizers()).containsExactly("a.b/one", "a.b/two");

    KubernetesObject rest = apply("one", "'metadata':{}", false).object();
    assertThat(rest.finalizers()).containsExactly("a.b/two");
    assertThat(rest.annotations()).containsOnlyKeys("q");
  }

  @Test
  void allConflictsAreToldAtOnce() {
    create("old", "'data':{'x':'1'}");
    apply("one", "'data':{'y':'1','z':'1'}", false);

    ApiStatus refusal =
        catchThrowableOfType(
                ApiException.class, () -> apply("two", "'data':{'x':'2','y':'2','z':'2'}", false))
            .status();

    assertThat(refusal.code()).isEqualTo(409);
    assertThat(refusal.message())
        .isEqualTo(
            """
            Apply failed with 3 conflicts: conflicts with "old" using v1:
            - .data.x
            conflicts with "one":
            - .data.y
            - .data.z\
            """);
    assertThat(refusal.causes())
        .extracting(cause -> cause.reason() + " " + cause.field() + " " + cause.message())
        .containsExactly(
            "FieldManagerConflict .data.x conflict with \"old\" using v1",
            "FieldManagerConflict .data.y conflict with \"one\"",
            "FieldManagerConflict .data.z conflict with \"one\"");
  }

  @Test
  void aScaleCanBeApplied() {
    String spec =
        "'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':"
            + "{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'x:1'}]}}}";
    resources.create(
        deployments,
        object(
            "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'namespace':'default','name':'a'},"
                + spec
                + "}"),
        options("one", Subresource.NONE, false));
    Patch scale =
        new Patch(
            Patch.Type.APPLY,
            json(
                "{'apiVersion':'autoscaling/v1','kind':'Scale','metadata':{'name':'a','namespace':"
                    + "'default'},'spec':{'replicas':3}}"));

    assertThat(
            catchThrowableOfType(
                    ApiException.class,
                    () ->
                        resources.patch(
                            deployments, KEY, scale, options("hpa", Subresource.SCALE, false)))
                .status()
                .message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"one\" using apps/v1: .spec.replicas");
    KubernetesObject scaled =
        resources.patch(deployments, KEY, scale, options("hpa", Subresource.SCALE, true)).object();
    assertThat(scaled.spec().path("replicas").asInt()).isEqualTo(3);
    assertThat(owners(resources.get(deployments, KEY)))
        .contains("hpa Apply scale {\"f:spec\":{\"f:replicas\":{}}}")
        .noneMatch(owner -> owner.startsWith("one") && owner.contains("f:replicas"));
  }

  @Test
  void theOldestOfManyWritersBecomeOne() {
    create("w0", "'data':{'k0':'1'}");
    for (int i = 1; i < 14; i++) {
      resources.clock().set(resources.clock().instant().plusSeconds(1));
      merge("w" + i, "{'data':{'k%d':'1'}}".formatted(i));
    }
    List<String> owners = owners(resources.get(configMaps, KEY));
    assertThat(owners).hasSize(10);
    assertThat(owners.getFirst()).startsWith("ancient-changes Update").contains("f:k0", "f:k4");
  }

  @Test
  void aRecordInAConfigurationIsRefused() {
    assertThat(
            catchThrowableOfType(
                    ApiException.class,
                    () -> apply("one", "'metadata':{'managedFields':[{}]}", false))
                .status()
                .message())
        .isEqualTo("metadata.managedFields must be nil");
  }

  private KubernetesObject create(String manager, String fields) {
    return resources
        .create(configMaps, configMap(fields), options(manager, Subresource.NONE, false))
        .object();
  }

  private KubernetesObject merge(String manager, String patch) {
    return resources
        .patch(
            configMaps,
            KEY,
            new Patch(Patch.Type.MERGE, json(patch)),
            options(manager, Subresource.NONE, false))
        .object();
  }

  private WriteResult apply(String manager, String fields, boolean force) {
    JsonNode body = json("{'apiVersion':'v1','kind':'ConfigMap',%s}".formatted(fields));
    return resources.patch(
        configMaps,
        KEY,
        new Patch(Patch.Type.APPLY, body),
        options(manager, Subresource.NONE, force));
  }

  private static KubernetesObject configMap(String fields) {
    return object(
        "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'namespace':'default','name':'a'},%s}"
            .formatted(fields));
  }

  private static WriteOptions options(String manager, Subresource part, boolean force) {
    return new WriteOptions(part, manager, "jane", false, FieldValidation.STRICT, force);
  }

  private static JsonNode record(KubernetesObject object) {
    return CompactRecord.expand(object.metadata().path("managedFields"));
  }

  private static List<String> owners(KubernetesObject object) {
    return record(object)
        .valueStream()
        .map(entry ->
            "%s %s%s %s"
                .formatted(
                    entry.path("manager").asString(),
                    entry.path("operation").asString(),
                    entry.has("subresource") ? " " + entry.path("subresource").asString() : "",
                    entry.path("fieldsV1")))
        .toList();
  }

  private static JsonNode json(String text) {
    return JsonMapper.builder().build().readTree(text.replace('\'', '"'));
  }
}
