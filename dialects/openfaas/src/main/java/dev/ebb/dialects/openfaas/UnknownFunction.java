package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.LocalHandler;
import dev.ebb.kinds.ObjectKey;
import java.io.IOException;

/// Answers for functions that are not there, in OpenFaaS's words.
final class UnknownFunction implements LocalHandler {
  private static final String PREFIX = "/function/";

  @Override
  public void handle(Request request, Response response) throws IOException {
    String rest =
        request.path().startsWith(PREFIX) ? request.path().substring(PREFIX.length()) : "";
    int slash = rest.indexOf('/');
    String named = slash < 0 ? rest : rest.substring(0, slash);
    ObjectKey function = FunctionName.key(named);
    response.status(404);
    // So that an asynchronous call waits for a function that is not ready yet.
    response.header("X-OpenFaaS-Internal", "NoRoute");
    response.header("Content-Type", "text/plain; charset=utf-8");
    response
        .body()
        .write(
            "error finding function %s.%s: none of that name is ready%s"
                .formatted(
                    function.name(),
                    function.namespace(),
                    named.contains(".") ? "" : " there or in default")
                .getBytes(UTF_8));
  }
}
