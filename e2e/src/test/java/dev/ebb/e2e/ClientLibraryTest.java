package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The official clients in other languages. What each does is in a script in its own language,
/// which ends with a traceback at the first difference from a cluster.
@ExtendWith(SharedPlatform.class)
class ClientLibraryTest {
  @Test
  void theOfficialPythonClientWorks(SharedPlatform.Shared shared) {
    assertDone(shared, "python/bin/python", "python/client.py");
  }

  @Test
  void theOfficialJavaScriptClientWorks(SharedPlatform.Shared shared) {
    assertDone(shared, "node", "nodejs/client.mjs");
  }

  private static void assertDone(SharedPlatform.Shared shared, String interpreter, String script) {
    Command command =
        interpreter.contains("/")
            ? shared.platform().tool(interpreter, resource(script).toString())
            : shared.platform().command(interpreter, resource(script).toString());
    Command.Result result =
        command
            .with(
                Map.of(
                    "NAMESPACE", shared.namespace(script.replaceFirst("/.*", "")),
                    "IMAGE", shared.image(),
                    "GATEWAY", shared.platform().gateway(),
                    "KUBECONFIG", shared.platform().kubeconfig(),
                    "CLIENT", Platform.TOOLS.resolve("node").toString()))
            .run();

    assertThat(result.out()).as(result::toString).isEqualTo("done\n");
  }

  static Path resource(String name) {
    try {
      return Path.of(ClientLibraryTest.class.getResource("/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
