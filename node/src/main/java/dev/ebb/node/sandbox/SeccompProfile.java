package dev.ebb.node.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The resource `seccomp.json` in the form of the OCI runtime specification (config-linux.md,
/// Seccomp). crun keeps the compiled filter by the profile's checksum, so that only the first
/// container of a boot waits for the compiler.
final class SeccompProfile {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  static final ObjectNode RUNTIME_DEFAULT = load();

  private SeccompProfile() {}

  private static ObjectNode load() {
    JsonNode source;
    try (InputStream file = SeccompProfile.class.getResourceAsStream("seccomp.json")) {
      if (file == null) {
        throw new IllegalStateException("seccomp.json is not in the program");
      }
      source = new JsonMapper().readTree(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ObjectNode profile = JsonNodeFactory.instance.objectNode();
    profile.put("defaultAction", "SCMP_ACT_ERRNO").put("defaultErrnoRet", ENOSYS);
    ArrayNode rules = profile.putArray("syscalls");
    rules.addObject().put("action", "SCMP_ACT_ALLOW").set("names", source.path("allow"));
    rules
        .addObject()
        .put("action", "SCMP_ACT_ERRNO")
        .put("errnoRet", EPERM)
        .set("names", source.path("refuse"));
    for (JsonNode condition : source.path("conditional")) {
      ObjectNode rule = rules.addObject().put("action", "SCMP_ACT_ALLOW");
      rule.putArray("names").add(condition.path("name").asString());
      ObjectNode argument = rule.putArray("args").addObject();
      argument.put("op", condition.path("op").asString());
      argument.put("index", condition.path("index").asInt());
      argument.put("value", condition.path("value").asLong());
      if (condition.has("valueTwo")) {
        argument.put("valueTwo", condition.path("valueTwo").asLong());
      }
    }
    return profile;
  }
}
