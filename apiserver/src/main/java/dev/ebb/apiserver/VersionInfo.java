package dev.ebb.apiserver;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What `/version` says.
///
/// kubectl and helm compare `major` and `minor` with what they know of Kubernetes, so these are the
/// version of the Kubernetes API that is served; `gitVersion` carries Ebb's own version behind it.
///
/// @param ebb Ebb's version: `0.1.0`
/// @param gitCommit may be empty
public record VersionInfo(String ebb, String gitCommit) {
  /// The API as it is served is that of this release.
  private static final String MAJOR = "1";

  private static final String MINOR = "36";

  ObjectNode document() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("major", MAJOR)
        .put("minor", MINOR)
        .put("gitVersion", "v" + MAJOR + "." + MINOR + ".0+ebb-" + ebb)
        .put("gitCommit", gitCommit)
        .put("gitTreeState", gitCommit.isEmpty() ? "" : "clean")
        .put("buildDate", "")
        .put("goVersion", "")
        .put("compiler", "javac " + Runtime.version().feature())
        .put("platform", "linux/" + architecture());
  }

  private static String architecture() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }
}
