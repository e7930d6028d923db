package dev.ebb.resources.rbac;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.ManifestReader;
import java.util.Arrays;
import java.util.List;

/// Policies and questions, in short.
final class Policies {
  private Policies() {}

  /// @param yaml documents, without the version
  static Policy of(String yaml) {
    Policy policy = new Policy();
    objects(yaml).forEach(policy::put);
    return policy;
  }

  static List<KubernetesObject> objects(String yaml) {
    return ManifestReader.read(yaml);
  }

  /// @param groups separated by commas
  static Subject subject(String name, String groups) {
    return new Subject(name, groups.isEmpty() ? List.of() : Arrays.asList(groups.split(",")));
  }

  /// @param question `get pods/log.apps ns/name`, `list pods -/`, `get /path`
  static AccessRequest request(Subject subject, String question) {
    String[] words = question.split(" ");
    if (words[1].startsWith("/")) {
      return AccessRequest.toPath(subject, words[0], words[1]);
    }
    String[] resource = words[1].split("\\.", 2);
    String[] parts = resource[0].split("/", 2);
    String[] key = words[2].split("/", 2);
    return AccessRequest.toResource(
        subject,
        words[0],
        resource.length > 1 ? resource[1] : "",
        parts[0],
        parts.length > 1 ? parts[1] : "",
        key[0].equals("-") ? "" : key[0],
        key.length > 1 ? key[1] : "");
  }
}
