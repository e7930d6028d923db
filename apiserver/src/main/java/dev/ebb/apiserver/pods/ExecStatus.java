package dev.ebb.apiserver.pods;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a command ended, as clients read it in the stream of errors: from version 4 of the protocol
/// on a `metav1.Status`, before it words, and nothing for success.
///
/// @see <a href="https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand">remotecommand</a>
final class ExecStatus {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ExecStatus() {}

  static byte[] ended(int code, boolean asStatus) {
    if (code == 0) {
      return asStatus ? bytes(status("Success")) : new byte[0];
    }
    String message = "command terminated with non-zero exit code: exit status " + code;
    if (!asStatus) {
      return message.getBytes(StandardCharsets.UTF_8);
    }
    ObjectNode status = status("Failure").put("message", message).put("reason", "NonZeroExitCode");
    status
        .putObject("details")
        .putArray("causes")
        .addObject()
        .put("reason", "ExitCode")
        .put("message", Integer.toString(code));
    return bytes(status);
  }

  /// The command did not run.
  static byte[] failed(String why, boolean asStatus) {
    if (!asStatus) {
      return why.getBytes(StandardCharsets.UTF_8);
    }
    ObjectNode status =
        status("Failure")
            .put("message", "Internal error occurred: " + why)
            .put("reason", "InternalError");
    status.putObject("details").putArray("causes").addObject().put("message", why);
    return bytes(status.put("code", 500));
  }

  private static ObjectNode status(String result) {
    ObjectNode status = JSON.createObjectNode();
    status.putObject("metadata");
    return status.put("status", result);
  }

  private static byte[] bytes(ObjectNode status) {
    return JSON.writeValueAsBytes(status);
  }
}
