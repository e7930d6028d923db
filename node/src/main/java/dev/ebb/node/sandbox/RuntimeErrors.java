package dev.ebb.node.sandbox;

import dev.ebb.node.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Reads from a runtime's log why a container did not start.
final class RuntimeErrors {
  private static final JsonMapper JSON = new JsonMapper();

  private RuntimeErrors() {}

  static SandboxException read(Path log, String command, int code) {
    String message = "";
    try {
      for (String line : Files.readAllLines(log)) {
        message = JSON.readTree(line).path("msg").asString(message);
      }
    } catch (IOException | JacksonException e) {
      message = "the container runtime ended with code %d and told no reason".formatted(code);
    }
    return of(message, command);
  }

  /// The words for a missing program are those that kubectl's users know.
  static SandboxException of(String message, String command) {
    Reason reason = reason(message);
    String text =
        switch (reason) {
          case COMMAND_NOT_FOUND ->
              command.contains("/")
                  ? "exec: \"%s\": stat %s: no such file or directory".formatted(command, command)
                  : "exec: \"%s\": executable file not found in $PATH".formatted(command);
          case PERMISSION_DENIED -> "exec: \"%s\": permission denied".formatted(command);
          default -> message;
        };
    return new SandboxException(reason, text);
  }

  private static Reason reason(String message) {
    if (message.contains("executable file") || message.contains("open executable")) {
      return message.endsWith("Permission denied")
          ? Reason.PERMISSION_DENIED
          : Reason.COMMAND_NOT_FOUND;
    }
    return message.contains("mount") ? Reason.MOUNT_FAILED : Reason.RUNTIME_FAILED;
  }
}
