package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Bad requests: each is answered with the right code and a `Status`, and changes nothing.
class RefusalTest {
  private static final String SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String JSON = "application/json";

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

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.ebb.apiserver.BadRequests#rows")
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
