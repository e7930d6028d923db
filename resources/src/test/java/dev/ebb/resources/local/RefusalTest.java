package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.DEPLOYMENT;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Patch;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.FieldValidation;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.testing.TestingResources;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// Bad input gets a clear, typed error and changes nothing.
final class RefusalTest {
  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final ObjectKey KEY = new ObjectKey("default", "a");

  private final TestingResources resources = new TestingResources(new TestKinds());
  private long revision;

  @BeforeEach
  void createOne() {
    resources.create(WIDGET, widget("a"), TEST);
    revision = resources.store().revision();
  }

  @AfterEach
  void nothingHasChanged() {
    assertThat(resources.store().revision()).isEqualTo(revision);
    resources.close();
  }

  static Stream<Arguments> creations() {
    String head = "{'apiVersion':'example.dev/v1','kind':'Widget','metadata':";
    return Stream.of(
        arguments(
            head + "{'namespace':'default','name':'a'}}",
            409,
            "AlreadyExists",
            "widgets.example.dev \"a\" already exists"),
        arguments(
            head + "{'namespace':'none','name':'b'}}",
            404,
            "NotFound",
            "namespaces \"none\" not found"),
        arguments(
            head + "{'name':'b'}}",
            400,
            "BadRequest",
            "an empty namespace may not be set during creation"),
        arguments(
            head + "{'namespace':'default'}}",
            422,
            "Invalid",
            "Widget.example.dev \"\" is invalid: metadata.name: Required value: name or generateName is required"),
        arguments(
            head + "{'namespace':'default','name':'a/b'}}",
            422,
            "Invalid",
            "Widget.example.dev \"a/b\" is invalid: metadata.name: Invalid value: may not contain '/'"),
        arguments(
            head + "{'namespace':'default','name':'b','resourceVersion':'1'}}",
            400,
            "BadRequest",
            "resourceVersion should not be set on objects to be created"),
        arguments(
            head
                + "{'namespace':'default','name':'b','ownerReferences':[{'apiVersion':'v1','kind':'Pod','name':'p'}]}}",
            422,
            "Invalid",
            "Widget.example.dev \"b\" is invalid: metadata.ownerReferences[0].uid: Required value: must not be empty"),
        arguments(
            "{'apiVersion':'example.dev/v2','kind':'Widget','metadata':{'namespace':'default','name':'b'}}",
            400,
            "BadRequest",
            "the API version in the data (example.dev/v2) does not match the expected API version (example.dev/v1)"),
        arguments(
            "{'apiVersion':'example.dev/v1','kind':'Gadget','metadata':{'namespace':'default','name':'b'}}",
            400,
            "BadRequest",
            "the kind in the data (Gadget) does not match the expected kind (Widget)"));
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource("creations")
  void aCreationThatCannotBeIsRefused(String json, int code, String reason, String message) {
    refused(() -> resources.create(WIDGET, object(json), TEST), code, reason, message);
  }

  static Stream<Arguments> patches() {
    return Stream.of(
        arguments(
            Patch.Type.MERGE,
            "{'metadata':{'name':'b'}}",
            400,
            "BadRequest",
            "the name of the object (b) does not match the name on the URL (a)"),
        arguments(
            Patch.Type.MERGE,
            "{'metadata':{'namespace':'b'}}",
            400,
            "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request"),
        arguments(
            Patch.Type.MERGE,
            "{'kind':'Gadget'}",
            400,
            "BadRequest",
            "the kind in the data (Gadget) does not match the expected kind (Widget)"),
        arguments(
            Patch.Type.MERGE,
            "{'metadata':{'uid':'1'}}",
            409,
            "Conflict",
            "Operation cannot be fulfilled on widgets.example.dev \"a\": Precondition failed: UID in precondition: 1, UID in object meta: 00000000-0000-4000-8000-000000000002"),
        arguments(
            Patch.Type.MERGE,
            "{'metadata':{'resourceVersion':'1'}}",
            409,
            "Conflict",
            "Operation cannot be fulfilled on widgets.example.dev \"a\": the object has been modified; please apply your changes to the latest version and try again"),
        arguments(
            Patch.Type.MERGE,
            "{'spec':{'frozen':'x'}}",
            422,
            "Invalid",
            "Widget.example.dev \"a\" is invalid: spec.frozen: field is immutable"),
        arguments(
            Patch.Type.MERGE,
            "[]",
            400,
            "BadRequest",
            "the body of a patch of type application/merge-patch+json must be an object"),
        arguments(
            Patch.Type.JSON,
            "{}",
            400,
            "BadRequest",
            "a JSON patch must be an array of operations"),
        arguments(
            Patch.Type.JSON,
            "[{'op':'test','path':'/spec/size','value':2}]",
            422,
            "Invalid",
            "the server rejected our request due to an error in our request"),
        arguments(
            Patch.Type.JSON,
            "[{'op':'add','path':'','value':1}]",
            422,
            "Invalid",
            " \"\" is invalid: patch: Invalid value: \"1\": the patch leaves no object"),
        arguments(
            Patch.Type.STRATEGIC_MERGE,
            "{}",
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"));
  }

  @ParameterizedTest(name = "{4}")
  @MethodSource("patches")
  void aPatchThatCannotBeIsRefused(
      Patch.Type type, String json, int code, String reason, String message) {
    Patch patch = new Patch(type, new JsonMapper().readTree(json.replace('\'', '"')));
    refused(() -> resources.patch(WIDGET, KEY, patch, TEST), code, reason, message);
  }

  @Test
  void aValueOfTheWrongTypeIsRefusedWithItsField() {
    ApiStatus status = refusal(() -> merge(WIDGET, "{'spec':{'size':'large'}}", TEST)).status();

    assertThat(status.code()).isEqualTo(422);
    assertThat(status.kind()).isEqualTo("Widget");
    assertThat(status.causes()).extracting(cause -> cause.field()).containsExactly("spec.size");
  }

  @Test
  void whatIsMissingIsNotFound() {
    ObjectKey none = new ObjectKey("default", "none");
    String message = "widgets.example.dev \"none\" not found";
    refused(() -> resources.get(WIDGET, none), 404, "NotFound", message);
    refused(() -> resources.update(WIDGET, widget("none"), TEST), 404, "NotFound", message);
    refused(
        () -> resources.delete(WIDGET, none, DeleteOptions.background()), 404, "NotFound", message);
    refused(
        () -> merge(DEPLOYMENT, "{}", TEST), 404, "NotFound", "deployments.apps \"a\" not found");
    refused(
        () -> merge(WIDGET, "{}", TEST.to(Subresource.SCALE)),
        404,
        "NotFound",
        "the server could not find the requested resource");
  }

  @Test
  void aDeletionOfAnotherObjectOrStateIsRefused() {
    refused(
        () -> resources.delete(WIDGET, KEY, deletion(Optional.of("1"), Optional.empty())),
        409,
        "Conflict",
        "Operation cannot be fulfilled on Widget.example.dev \"a\": the UID in the precondition (1)"
            + " does not match the UID in record (00000000-0000-4000-8000-000000000002). The object"
            + " might have been deleted and then recreated");
    refused(
        () -> resources.delete(WIDGET, KEY, deletion(Optional.empty(), Optional.of("1"))),
        409,
        "Conflict",
        "Operation cannot be fulfilled on Widget.example.dev \"a\": the ResourceVersion in the"
            + " precondition (1) does not match the ResourceVersion in record (2). The object might"
            + " have been modified");
  }

  @Test
  void anObjectThatIsTooLargeIsRefused() {
    KubernetesObject large =
        widget("b").with(json -> json.withObject("/spec").put("color", "x".repeat(1_572_864)));
    ApiException refusal = refusal(() -> resources.create(WIDGET, large, TEST));
    assertThat(refusal.status().code()).isEqualTo(413);
    assertThat(refusal.status().reason()).isEqualTo("RequestEntityTooLarge");
  }

  @Test
  void unknownFieldsAreRefusedToldOrDropped() {
    KubernetesObject unknown =
        widget("b")
            .with(json -> json.withObject("/spec").put("foo", 1).put("bar", 2))
            .with(json -> json.put("top", 3));

    ApiException strict =
        refusal(() -> resources.create(WIDGET, unknown, options(FieldValidation.STRICT)));
    assertThat(strict.status().code()).isEqualTo(400);
    assertThat(strict.status().message())
        .startsWith(
            "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown"
                + " field \"")
        .contains("unknown field \"spec.foo\"", "unknown field \"top\"");

    WriteResult warned = resources.create(WIDGET, unknown, options(FieldValidation.WARN));
    assertThat(warned.warnings())
        .containsExactlyInAnyOrder(
            "unknown field \"spec.foo\"", "unknown field \"spec.bar\"", "unknown field \"top\"");
    assertThat(warned.object().spec().has("foo")).isFalse();
    assertThat(warned.object().json().has("top")).isFalse();
  }

  private static WriteOptions options(FieldValidation validation) {
    return new WriteOptions(Subresource.NONE, "test", "jane", true, validation, false);
  }

  private static DeleteOptions deletion(Optional<String> uid, Optional<String> resourceVersion) {
    return new DeleteOptions(DeleteOptions.Propagation.BACKGROUND, uid, resourceVersion, false);
  }

  private void merge(KindDefinition kind, String patch, WriteOptions options) {
    resources.patch(kind, KEY, new Patch(Patch.Type.MERGE, object(patch).json()), options);
  }

  private static ApiException refusal(ThrowingCallable call) {
    return catchThrowableOfType(ApiException.class, call);
  }

  private static void refused(ThrowingCallable call, int code, String reason, String message) {
    ApiStatus status = refusal(call).status();
    assertThat(status.message()).isEqualTo(message);
    assertThat(status.code()).isEqualTo(code);
    assertThat(status.reason()).isEqualTo(reason);
  }
}
