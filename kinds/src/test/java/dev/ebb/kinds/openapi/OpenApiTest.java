package dev.ebb.kinds.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.Schema;
import dev.ebb.kinds.SchemaBuilder;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.serving.ServingKinds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OpenApiTest {
  static Stream<KindDefinition> kinds() {
    return new BuiltInKinds().all().stream();
  }

  @ParameterizedTest
  @CsvSource({
    "v1, Pod, io.k8s.api.core.v1.Pod",
    "apps/v1, Deployment, io.k8s.api.apps.v1.Deployment",
    "serving.knative.dev/v1, Route, dev.knative.serving.v1.Route",
    "ebb.dev/v1, Function, dev.ebb.v1.Function"
  })
  void schemasAreNamedAsKubernetesNamesThem(String apiVersion, String kind, String name) {
    assertThat(ResourcePaths.schemaName(GroupVersionKind.of(apiVersion, kind))).isEqualTo(name);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void thePatchOfEachKindAdmitsFieldValidation(KindDefinition kind) {
    JsonNode paths = OpenApiV3.document(List.of(kind)).path("paths");
    JsonNode patch =
        paths.properties().stream()
            .filter(path -> path.getKey().endsWith("/" + kind.plural() + "/{name}"))
            .findFirst()
            .orElseThrow()
            .getValue()
            .path("patch");
    assertThat(patch.path("x-kubernetes-group-version-kind"))
        .isEqualTo(ResourcePaths.typeOf(kind.type()));
    assertThat(patch.path("parameters").valueStream().map(p -> p.path("name").asString()))
        .contains("fieldValidation");
  }

  @Test
  void pathsAreThoseOfTheApi() {
    assertThat(paths(OpenApiV3.document(List.of(ServingKinds.ROUTE, CoreKinds.NAMESPACE))))
        .containsExactlyInAnyOrder(
            "/apis/serving.knative.dev/v1/namespaces/{namespace}/routes",
            "/apis/serving.knative.dev/v1/namespaces/{namespace}/routes/{name}",
            "/apis/serving.knative.dev/v1/namespaces/{namespace}/routes/{name}/status",
            "/api/v1/namespaces",
            "/api/v1/namespaces/{name}",
            "/api/v1/namespaces/{name}/status");
  }

  @Test
  void theDocumentLeavesTheSchemaItself() {
    OpenApiV3.document(List.of(ServingKinds.ROUTE));
    assertThat(ServingKinds.ROUTE.schema().openApi().has("x-kubernetes-group-version-kind"))
        .isFalse();
  }

  @Test
  void swaggerHasOnlyWordsOfItsVersion() {
    ObjectNode document = SwaggerV2.document(kinds().toList());
    // The schema of CustomResourceDefinition has fields of these names.
    assertThat(document.findValues("anyOf")).noneMatch(JsonNode::isArray);
    assertThat(document.findValues("nullable")).noneMatch(JsonNode::isBoolean);
    assertThat(
            document
                .path("definitions")
                .path("dev.knative.serving.v1.Service")
                .at("/properties/spec/properties/template/properties/spec/properties/containers")
                .at("/items/properties/resources/properties/limits/additionalProperties/format")
                .asString())
        .isEqualTo("int-or-string");
    assertThat(document.path("definitions").has("io.k8s.api.core.v1.PodSpec")).isTrue();
    assertThat(document.toString()).doesNotContain("x-ebb-");
  }

  /// Old clients refuse each field that a v2 schema does not name.
  @Test
  void swaggerNamesNoFieldsOfAKindThatKeepsThemAll() {
    Schema open =
        new Schema(
            SchemaBuilder.object()
                .field("kind", SchemaBuilder.string())
                .preserveUnknownFields()
                .build());
    KindDefinition kind = KindDefinition.define("x.io/v1", "Open", "opens", open).build();

    JsonNode swagger = SwaggerV2.document(List.of(kind)).at("/definitions/io.x.v1.Open");

    assertThat(swagger.path("type").asString()).isEqualTo("object");
    assertThat(swagger.has("properties")).isFalse();
    assertThat(OpenApiV3.document(List.of(kind)).at("/components/schemas/io.x.v1.Open/properties"))
        .isNotEmpty();
  }

  @Test
  void aCustomResourceDefinitionHasWhatAClusterTakes() {
    ObjectNode definition = CustomResourceDefinitions.of(FunctionKinds.FUNCTION);
    assertThat(definition.at("/metadata/name").asString()).isEqualTo("functions.ebb.dev");
    assertThat(definition.at("/spec/names/shortNames/0").asString()).isEqualTo("fn");
    JsonNode version = definition.at("/spec/versions/0");
    assertThat(version.at("/schema/openAPIV3Schema/properties/metadata"))
        .hasToString("{\"type\":\"object\"}");
    assertThat(version.at("/additionalPrinterColumns/0/jsonPath").asString())
        .isEqualTo(".spec.runtime");
    assertThat(version.at("/subresources/status").isObject()).isTrue();
    assertThat(definition.toString()).doesNotContain("x-kubernetes-patch");
  }

  private static List<String> paths(ObjectNode document) {
    return List.copyOf(document.path("paths").propertyNames());
  }
}
