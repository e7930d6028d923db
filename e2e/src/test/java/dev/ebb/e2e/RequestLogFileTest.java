package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// `logging.*` of `config-observability`, by kubectl.
@ExtendWith(SharedPlatform.class)
@Timeout(90)
class RequestLogFileTest {
  private final SharedPlatform.Shared shared;

  RequestLogFileTest(SharedPlatform.Shared shared) {
    this.shared = shared;
  }

  private Command.Result configure(String data) {
    return shared
        .platform()
        .kubectl(
            "patch",
            "configmap/config-observability",
            "-n",
            "knative-serving",
            "--type=merge",
            "-p",
            "{\"data\": " + data + "}")
        .run();
  }

  @AfterEach
  void off() {
    configure("null").orFail();
  }

  @Test
  void requestsAreToldOfAsTheTemplateSays() {
    Path log = shared.platform().dataDirectory().resolve("log/requests.log");
    assertThat(configure("{\"logging.request-log-template\": \"{{.Request.Body}}\"}").err())
        .contains("validation failed", "can't evaluate field Body in type *http.Request");
    assertThat(log).doesNotExist();
    configure(
            "{\"logging.enable-request-log\": \"true\", \"logging.request-log-template\":"
                + " \"{{.Request.Method}} {{.Request.RequestURI}} {{.Response.Code}}"
                + " {{.Revision.Service}} {{.Request.Header.Get \\\"X-Mark\\\"}}\"}")
        .orFail();
    Awaitility.await("a line")
        .untilAsserted(() -> {
          String url = shared.platform().gateway() + "/function/talker?a=1";
          shared.platform().curl("--fail", "-H", "X-Mark: seen", url).run().orFail();
          assertThat(lines(log)).contains("GET /function/talker?a=1 200 talker seen\n");
        });
  }

  private static String lines(Path log) throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
