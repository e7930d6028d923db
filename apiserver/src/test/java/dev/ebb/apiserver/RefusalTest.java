package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Bad requests: each is answered with the right code and a `Status`, and changes nothing.
class RefusalTest {
  private static final String SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String JSON = "application/json";
  private static final String MERGE = "application/merge-patch+json";

  private static TestServer server;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException, InterruptedException {
    server = new TestServer();
    server.send("POST", CONFIG_MAPS, JSON, "{\"metadata\":{\"name\":\"present\"}}");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/apis/none.io/v1",
        "/apis/none.io/v1/namespaces/default/things",
        "/api/v2/pods",
        "/api/v1/things",
        "/api/v1/configmaps/present",
        "/api/v1/namespaces/a/namespaces/b",
        "/api/v1/namespaces/default/configmaps/%25zz%ff",
        "/openapi/v3/apis/none.io/v1"
      })
  void whatIsServedNowhereIsALineOfTextFromWhichClientsTellThatAnApiIsMissing(String path)
      throws Exception {
    HttpResponse<String> answer = server.send("GET", path, "", "");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(answer.body()).isEqualTo("404 page not found\n");
  }

  @Test
  void whatIsNotFoundHasDetailsEvenWhenThereAreNone() throws Exception {
    HttpResponse<String> answer = server.send(server.request(CONFIG_MAPS + "/present/unknown"));

    assertThat(TestServer.json(answer).path("details").isObject()).as(answer.body()).isTrue();
  }

  static Stream<Arguments> badRequests() {
    return Stream.of(
        row("an unknown sub-resource", "GET", CONFIG_MAPS + "/present/x", "", "", 404, "NotFound"),
        row("a missing object", "GET", CONFIG_MAPS + "/none", "", "", 404, "NotFound"),
        row("a method that is none", "BREW", CONFIG_MAPS, "", "", 405, "MethodNotAllowed"),
        row("PUT of a collection", "PUT", CONFIG_MAPS, JSON, "{}", 405, "MethodNotAllowed"),
        row("POST to an object", "POST", CONFIG_MAPS + "/a", JSON, "{}", 405, "MethodNotAllowed"),
        row(
            "POST to all namespaces",
            "POST",
            "/api/v1/configmaps",
            JSON,
            "{}",
            405,
            "MethodNotAllowed"),
        row(
            "DELETE of a status",
            "DELETE",
            SERVICES + "/a/status",
            "",
            "",
            405,
            "MethodNotAllowed"),
        row("POST to discovery", "POST", "/apis", JSON, "{}", 405, "MethodNotAllowed"),
        row(
            "GET of a review",
            "GET",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "",
            "",
            405,
            "MethodNotAllowed"),
        row("broken JSON", "POST", CONFIG_MAPS, JSON, "{\"metadata\":", 400, "BadRequest"),
        row("two documents", "POST", CONFIG_MAPS, JSON, "{} {}", 400, "BadRequest"),
        row(
            "a field twice",
            "POST",
            CONFIG_MAPS + "?fieldValidation=Strict",
            JSON,
            "{\"metadata\":{\"name\":\"a\"},\"data\":{},\"data\":{}}",
            400,
            "BadRequest"),
        row(
            "a field twice in a patch",
            "PATCH",
            CONFIG_MAPS + "/present?fieldValidation=Strict",
            MERGE,
            "{\"data\":{\"a\":\"1\",\"a\":\"2\"}}",
            422,
            "Invalid"),
        row(
            "no name in a replacement",
            "PUT",
            CONFIG_MAPS + "/present",
            JSON,
            "{\"data\":{}}",
            400,
            "BadRequest"),
        row(
            "a number that is none",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"metadata\":{\"name\":\"a\"},\"x\":1e999}",
            400,
            "BadRequest"),
        row(
            "a compressed body",
            "POST",
            CONFIG_MAPS,
            JSON,
            "\u001f\u008b\b\u0000",
            400,
            "BadRequest"),
        row(
            "force without apply",
            "PATCH",
            CONFIG_MAPS + "/present?force=true",
            MERGE,
            "{}",
            422,
            "Invalid"),
        row(
            "a long field manager",
            "POST",
            CONFIG_MAPS + "?fieldManager=" + "m".repeat(129),
            JSON,
            "{}",
            422,
            "Invalid"),
        row(
            "a match without a version",
            "GET",
            CONFIG_MAPS + "?resourceVersionMatch=Exact",
            "",
            "",
            422,
            "Invalid"),
        row(
            "an exact match of any version",
            "GET",
            CONFIG_MAPS + "?resourceVersionMatch=Exact&resourceVersion=0",
            "",
            "",
            422,
            "Invalid"),
        row(
            "initial events of a list",
            "GET",
            CONFIG_MAPS + "?sendInitialEvents=true",
            "",
            "",
            422,
            "Invalid"),
        row(
            "a version from the future",
            "GET",
            CONFIG_MAPS + "/present?resourceVersion=999999",
            "",
            "",
            504,
            "Timeout"),
        row(
            "both ways to orphan",
            "DELETE",
            CONFIG_MAPS + "/present",
            JSON,
            "{\"orphanDependents\":true,\"propagationPolicy\":\"Orphan\"}",
            422,
            "Invalid"),
        row(
            "no options of a deletion",
            "DELETE",
            CONFIG_MAPS + "/present",
            JSON,
            "{\"gracePeriodSeconds\":\"x\"}",
            400,
            "BadRequest"),
        row("no body", "POST", CONFIG_MAPS, JSON, "", 400, "BadRequest"),
        row("a list", "POST", CONFIG_MAPS, JSON, "[]", 400, "BadRequest"),
        row("deep nesting", "POST", CONFIG_MAPS, JSON, "[".repeat(100_000), 400, "BadRequest"),
        row(
            "metadata of a wrong type",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"metadata\":7}",
            400,
            "BadRequest"),
        row("another kind", "POST", CONFIG_MAPS, JSON, "{\"kind\":\"Pod\"}", 400, "BadRequest"),
        row(
            "another version",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"apiVersion\":\"v2\"}",
            400,
            "BadRequest"),
        row(
            "another namespace",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"}}",
            400,
            "BadRequest"),
        row(
            "another name",
            "PUT",
            CONFIG_MAPS + "/present",
            JSON,
            "{\"metadata\":{\"name\":\"b\"}}",
            400,
            "BadRequest"),
        row(
            "a wrong type",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"metadata\":{\"name\":\"a\"},\"data\":\"text\"}",
            400,
            "BadRequest"),
        row(
            "a wrong type by a patch",
            "PATCH",
            CONFIG_MAPS + "/present",
            MERGE,
            "{\"data\":\"text\"}",
            422,
            "Invalid"),
        row(
            "labels of a wrong type",
            "POST",
            "/api/v1/namespaces",
            JSON,
            "{\"metadata\":{\"name\":\"a\",\"labels\":\"*\"}}",
            400,
            "BadRequest"),
        row(
            "all namespaces at once",
            "DELETE",
            "/api/v1/namespaces",
            "",
            "",
            405,
            "MethodNotAllowed"),
        row(
            "a bad name",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"metadata\":{\"name\":\"A_B\"}}",
            422,
            "Invalid"),
        row(
            "a name that is taken",
            "POST",
            CONFIG_MAPS,
            JSON,
            "{\"metadata\":{\"name\":\"present\"}}",
            409,
            "AlreadyExists"),
        row(
            "a stale version",
            "PUT",
            CONFIG_MAPS + "/present",
            JSON,
            "{\"metadata\":{\"name\":\"present\",\"resourceVersion\":\"1\"}}",
            409,
            "Conflict"),
        row(
            "a missing namespace",
            "POST",
            "/api/v1/namespaces/none/configmaps",
            JSON,
            "{\"metadata\":{\"name\":\"a\"}}",
            404,
            "NotFound"),
        row(
            "an unknown content type",
            "POST",
            CONFIG_MAPS,
            "text/plain",
            "{}",
            415,
            "UnsupportedMediaType"),
        row(
            "an unknown patch",
            "PATCH",
            CONFIG_MAPS + "/present",
            JSON,
            "{}",
            415,
            "UnsupportedMediaType"),
        row(
            "a patch of no type",
            "PATCH",
            CONFIG_MAPS + "/present",
            "",
            "{}",
            415,
            "UnsupportedMediaType"),
        row(
            "a patch that is a list",
            "PATCH",
            CONFIG_MAPS + "/present",
            MERGE,
            "[]",
            400,
            "BadRequest"),
        row(
            "a patch of what is not there",
            "PATCH",
            CONFIG_MAPS + "/none",
            MERGE,
            "{}",
            404,
            "NotFound"),
        row(
            "a bad label selector",
            "GET",
            CONFIG_MAPS + "?labelSelector=a%20in%20(",
            "",
            "",
            400,
            "BadRequest"),
        row(
            "a bad field selector",
            "GET",
            CONFIG_MAPS + "?fieldSelector=spec.x%3D1",
            "",
            "",
            400,
            "BadRequest"),
        row(
            "a bad selector of a watch",
            "GET",
            CONFIG_MAPS + "?watch=1&labelSelector=!!",
            "",
            "",
            400,
            "BadRequest"),
        row("a limit that is none", "GET", CONFIG_MAPS + "?limit=x", "", "", 400, "BadRequest"),
        row(
            "a bad continue token",
            "GET",
            CONFIG_MAPS + "?limit=1&continue=x",
            "",
            "",
            400,
            "BadRequest"),
        row(
            "a bad includeObject",
            "GET",
            CONFIG_MAPS + "?includeObject=x",
            "",
            "",
            400,
            "BadRequest"),
        row("a bad dryRun", "POST", CONFIG_MAPS + "?dryRun=x", JSON, "{}", 422, "Invalid"),
        row(
            "a bad fieldValidation",
            "POST",
            CONFIG_MAPS + "?fieldValidation=x",
            JSON,
            "{}",
            422,
            "Invalid"),
        row(
            "a bad propagation",
            "DELETE",
            CONFIG_MAPS + "/present?propagationPolicy=x",
            "",
            "",
            422,
            "Invalid"),
        row(
            "a failed precondition",
            "DELETE",
            CONFIG_MAPS + "/present",
            JSON,
            "{\"preconditions\":{\"uid\":\"x\"}}",
            409,
            "Conflict"),
        row(
            "initial events of any age",
            "GET",
            CONFIG_MAPS + "?watch=1&sendInitialEvents=1",
            "",
            "",
            422,
            "Invalid"),
        row(
            "a body of 3 MiB",
            "POST",
            CONFIG_MAPS,
            JSON,
            " ".repeat((3 << 20) + 1),
            413,
            "RequestEntityTooLarge"));
  }

  private static Arguments row(
      String what,
      String method,
      String path,
      String contentType,
      String body,
      int code,
      String reason) {
    return Arguments.of(what, method, path, contentType, body, code, reason);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badRequests")
  void aBadRequestIsToldAndChangesNothing(
      String what,
      String method,
      String path,
      String contentType,
      String body,
      int code,
      String reason)
      throws Exception {
    long before = server.resources.store().revision();

    HttpResponse<String> response = server.send(method, path, contentType, body);

    assertThat(response.statusCode()).as(what + ": " + response.body()).isEqualTo(code);
    JsonNode status = TestServer.json(response);
    assertThat(status.path("kind").asString()).isEqualTo("Status");
    assertThat(status.path("apiVersion").asString()).isEqualTo("v1");
    assertThat(status.path("status").asString()).isEqualTo("Failure");
    assertThat(status.path("reason").asString()).isEqualTo(reason);
    assertThat(status.path("code").asInt()).isEqualTo(code);
    assertThat(status.path("message").asString()).isNotEmpty();
    assertThat(server.resources.store().revision()).isEqualTo(before);
  }

  @Test
  void aResponseThatNobodyCanMakeIsRefused() throws Exception {
    HttpResponse<String> response =
        server.send(server.request(CONFIG_MAPS).header("Accept", "image/png"));
    assertThat(response.statusCode()).isEqualTo(406);
    assertThat(TestServer.json(response).path("reason").asString()).isEqualTo("NotAcceptable");
  }

  @Test
  void anInvalidObjectIsToldFieldByField() throws Exception {
    HttpResponse<String> response =
        server.send(
            "POST",
            SERVICES + "?fieldValidation=Strict",
            JSON,
            "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"template\":{\"spec\":{\"containers\":7}}}}");
    JsonNode details = TestServer.json(response).path("details");
    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(details.path("kind").asString()).isEqualTo("Service");
    assertThat(details.path("group").asString()).isEqualTo("serving.knative.dev");
    assertThat(details.path("causes").get(0).path("field").asString())
        .isEqualTo("spec.template.spec.containers");
  }

  @Test
  void unknownFieldsAreWarnedOfUnlessTheyAreRefused() throws Exception {
    String body = "{\"metadata\":{\"name\":\"warned\"},\"dta\":{}}";
    HttpResponse<String> warned = server.send("POST", CONFIG_MAPS + "?dryRun=All", JSON, body);
    assertThat(warned.statusCode()).isEqualTo(201);
    assertThat(warned.headers().firstValue("Warning"))
        .hasValueSatisfying(
            text -> assertThat(text).startsWith("299 - \"unknown field").contains("dta"));

    HttpResponse<String> refused =
        server.send("POST", CONFIG_MAPS + "?fieldValidation=Strict", JSON, body);
    assertThat(refused.statusCode()).isEqualTo(400);
  }
}
