package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.GeneralSecurityException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A kind of a user's own, from its definition to its end, with the real kubectl.
class CustomResourceTest {
  private static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: lamps.home.dev
      spec:
        group: home.dev
        scope: Namespaced
        names:
          kind: Lamp
          plural: lamps
          shortNames: [lp]
          categories: [lights]
        versions:
        - name: v1
          served: true
          storage: true
          subresources:
            status: {}
            scale:
              specReplicasPath: .spec.bulbs
              statusReplicasPath: .status.bulbs
          selectableFields:
          - jsonPath: .spec.color
          additionalPrinterColumns:
          - {name: Color, type: string, jsonPath: .spec.color}
          - {name: Watts, type: integer, jsonPath: .spec.watts, priority: 1}
          - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
          schema:
            openAPIV3Schema:
              type: object
              description: A lamp of a home.
              properties:
                spec:
                  type: object
                  required: [watts]
                  properties:
                    color: {type: string, default: white, enum: [white, red], description: What it looks like.}
                    watts: {type: integer, minimum: 1, multipleOf: 5}
                    bulbs: {type: integer, default: 1}
                    plug: {type: string, format: ipv4}
                status:
                  type: object
                  properties:
                    bulbs: {type: integer}
        - name: v1alpha1
          served: true
          storage: false
          deprecated: true
          schema:
            openAPIV3Schema:
              type: object
              x-kubernetes-preserve-unknown-fields: true
      """;

  private static final String LAMP =
      """
      apiVersion: home.dev/v1
      kind: Lamp
      metadata:
        name: desk
      spec:
        watts: 10
      """;

  private TestServer server;
  private Kubectl kubectl;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    server = new TestServer(ApiServer.Handlers.NONE);
    kubectl = new Kubectl(server.directory.resolve("home"), server.config.kubeconfig());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void define() throws Exception {
    assertThat(kubectl.runWithInput(CRD, "create", "-f", "-").out())
        .isEqualTo("customresourcedefinition.apiextensions.k8s.io/lamps.home.dev created\n");
    kubectl.out("wait", "--for=condition=Established", "--timeout=20s", "crd/lamps.home.dev");
  }

  @Test
  void aDefinedKindIsShownExplainedAndDeleted() throws Exception {
    define();

    assertThat(kubectl.out("get", "crd").lines().toList())
        .satisfiesExactly(
            header -> assertThat(header).matches("NAME +CREATED AT"),
            row -> assertThat(row).matches("lamps.home.dev +20\\d\\d-\\d\\d-\\d\\dT.*Z"));
    assertThat(kubectl.out("api-resources", "--api-group=home.dev"))
        .containsPattern("lamps +lp +home.dev/v1 +true +Lamp");
    assertThat(kubectl.runWithInput(LAMP, "apply", "-f", "-").out())
        .isEqualTo("lamp.home.dev/desk created\n");
    assertThat(kubectl.out("get", "lp").lines().toList())
        .satisfiesExactly(
            header -> assertThat(header).matches("NAME +COLOR +AGE"),
            row -> assertThat(row).matches("desk +white +\\d+s"));
    assertThat(kubectl.out("get", "lights", "-o", "wide"))
        .containsPattern("NAME +COLOR +WATTS +AGE")
        .containsPattern("desk +white +10 ");
    assertThat(kubectl.out("explain", "lamp.spec.color"))
        .contains("What it looks like.")
        .containsIgnoringCase("string");
    assertThat(kubectl.out("explain", "crd.spec.versions.schema.openAPIV3Schema"))
        .contains("x-kubernetes-list-type");

    assertThat(kubectl.out("delete", "crd", "lamps.home.dev", "--timeout=30s")).contains("deleted");
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(server.send(server.request("/apis/home.dev/v1/lamps")).statusCode())
                .isEqualTo(404));
    assertThat(server.send(server.request("/apis/home.dev")).statusCode()).isEqualTo(404);
  }

  @Test
  void objectsAreValidatedDefaultedAndPruned() throws Exception {
    define();
    String bad = LAMP.replace("watts: 10", "watts: 7\n  plug: nowhere\n  color: blue");

    assertThat(kubectl.runWithInput(bad, "create", "-f", "-").err())
        .contains("The Lamp \"desk\" is invalid")
        .contains("spec.watts: Invalid value: 7: spec.watts in body should be a multiple of 5")
        .contains("spec.color: Unsupported value: \"blue\": supported values: \"white\", \"red\"")
        .contains("spec.plug in body must be of type ipv4: \"nowhere\"");
    assertThat(kubectl.run("get", "lamp", "desk").err()).contains("NotFound");
    String unknown = LAMP.replace("watts: 10", "watts: 10\n  colour: red");
    assertThat(kubectl.runWithInput(unknown, "create", "-f", "-").err())
        .contains("unknown field \"spec.colour\"");
    assertThat(kubectl.runWithInput(unknown, "create", "--validate=warn", "-f", "-").err())
        .contains("Warning: unknown field \"spec.colour\"");

    assertThat(kubectl.out("get", "lamp", "desk", "-o", "jsonpath={.spec}"))
        .isEqualTo("{\"bulbs\":1,\"color\":\"white\",\"watts\":10}");
  }

  @Test
  void partsAreWrittenByThemselves() throws Exception {
    define();
    kubectl.runWithInput(LAMP, "create", "-f", "-");

    assertThat(kubectl.run("patch", "lamp", "desk", "-p", "{\"spec\":{\"watts\":15}}").err())
        .contains("strategic-merge-patch+json is not supported by home.dev/v1");
    kubectl.out("patch", "lamp", "desk", "--type=merge", "-p", "{\"spec\":{\"watts\":15}}");
    kubectl.out("scale", "lamp/desk", "--replicas=3");
    server.send(
        "PATCH",
        "/apis/home.dev/v1/namespaces/default/lamps/desk/status",
        "application/merge-patch+json",
        "{\"status\":{\"bulbs\":2},\"spec\":{\"watts\":20}}");

    assertThat(
            kubectl.out(
                "get",
                "lamp",
                "desk",
                "-o",
                "jsonpath={.spec.watts} {.spec.bulbs} {.status.bulbs} {.metadata.generation}"))
        .isEqualTo("15 3 2 3");
    assertThat(server.get("/apis/home.dev/v1/namespaces/default/lamps/desk/scale").toString())
        .contains("\"spec\":{\"replicas\":3}", "\"status\":{\"replicas\":2}");
    assertThat(kubectl.out("get", "lamps", "--field-selector", "spec.color=white", "-o", "name"))
        .isEqualTo("lamp.home.dev/desk\n");
    assertThat(kubectl.out("get", "lamps", "--field-selector", "spec.color=red", "-o", "name"))
        .isEmpty();
    assertThat(kubectl.run("get", "lamps.v1alpha1.home.dev", "desk").err())
        .contains("Warning: home.dev/v1alpha1 Lamp is deprecated");
    assertThat(
            kubectl
                .runWithInput(
                    LAMP.replace("10", "25"),
                    "apply",
                    "--server-side",
                    "--force-conflicts",
                    "-f",
                    "-")
                .out())
        .contains("serverside-applied");
  }

  @Test
  void aNewSchemaChangesDiscoveryAndDocuments() throws Exception {
    define();
    String tag = server.send(server.request("/openapi/v2")).headers().firstValue("ETag").orElse("");
    String wattless = CRD.replace("required: [watts]", "required: [color]");

    assertThat(kubectl.runWithInput(wattless, "replace", "-f", "-").out()).contains("replaced");

    assertThat(server.send(server.request("/openapi/v2")).headers().firstValue("ETag").orElse(""))
        .isNotEqualTo(tag);
    assertThat(
            kubectl.runWithInput(LAMP.replace("watts: 10", "bulbs: 2"), "apply", "-f", "-").out())
        .contains("created");
  }

  @Test
  void anUnsoundDefinitionChangesNothing() throws Exception {
    define();
    String unsound = CRD.replace("{type: integer, minimum: 1, multipleOf: 5}", "{minimum: 1}");

    assertThat(kubectl.runWithInput(unsound, "replace", "-f", "-").err())
        .contains("The CustomResourceDefinition \"lamps.home.dev\" is invalid")
        .contains(
            "schema.openAPIV3Schema.properties[spec].properties[watts].type: Required value: must"
                + " not be empty for specified object fields");
    assertThat(
            kubectl.out(
                "get",
                "crd",
                "lamps.home.dev",
                "-o",
                "jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.watts.type}"))
        .isEqualTo("integer");
  }
}
