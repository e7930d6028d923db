package dev.ebb.node.sandbox;

import dev.ebb.node.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Reads from a runtime's log why a container did not start.
final class RuntimeErrors {
  private static final JsonMapper JSON = new JsonMapper();

  /// runc: `exec: "/bin/x": stat /bin/x: no such file or directory`, `exec: "/x": permission
  /// denied`.
  private static final Pattern OF_RUNC =
      Pattern.compile("exec: \\S+ (stat .*: no such file or directory|permission denied)$");

  private RuntimeErrors() {}

  static SandboxException read(Path log, String command, int code) {
    String message = "";
    try {
      for (String line : Files.readAllLines(log)) {
        var entry = JSON.readTree(line);
        if (!entry.path("level").asString("").startsWith("warn")) {
          message = entry.path("msg").asString(message);
        }
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
    if (message.contains("executable file")
        || message.contains("open executable")
        || OF_RUNC.matcher(message).find()) {
      return message.toLowerCase(Locale.ROOT).endsWith("permission denied")
          ? Reason.PERMISSION_DENIED
          : Reason.COMMAND_NOT_FOUND;
    }
    return message.contains("mount") ? Reason.MOUNT_FAILED : Reason.RUNTIME_FAILED;
  }
}
