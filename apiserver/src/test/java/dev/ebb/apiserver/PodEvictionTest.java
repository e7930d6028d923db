package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `kubectl drain` deletes Pods in this way.
class PodEvictionTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String JSON = "application/json";

  private final TestServer server = new TestServer(ApiServer.Handlers.NONE);

  PodEvictionTest() throws IOException, GeneralSecurityException {}

  @BeforeEach
  void createPod() throws IOException, InterruptedException {
    String pod =
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
         "spec": {"containers": [{"name": "main", "image": "nginx"}]}}
        """;
    assertThat(server.send("POST", PODS, JSON, pod).statusCode()).isEqualTo(201);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a | {}                                                        | 201 | false",
        "a | {\"deleteOptions\": {\"dryRun\": [\"All\"]}}              | 201 | true",
        "a | {\"deleteOptions\": {\"preconditions\": {\"uid\": \"x\"}}} | 409 | true",
        "a | {\"metadata\": {\"name\": \"b\"}}                         | 400 | true",
        "b | {}                                                        | 404 | true",
      })
  void anEvictionDeletesThePod(String name, String body, int status, boolean stays)
      throws IOException, InterruptedException {
    assertThat(server.send("POST", PODS + "/" + name + "/eviction", JSON, body).statusCode())
        .isEqualTo(status);
    int expected = stays ? 200 : 404;
    assertThat(server.send("GET", PODS + "/a", "", "").statusCode()).isEqualTo(expected);
  }

  @Test
  void discoveryNamesIt() throws IOException, InterruptedException {
    assertThat(server.get("/api/v1").toString()).contains("pods/eviction");
  }
}
