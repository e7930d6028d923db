package dev.ebb.node.pods;

import dev.ebb.dataplane.Workload;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What `fieldRef` of an environment variable or a downwardAPI volume can name (Kubernetes's
/// "Downward API").
///
/// @param name of the Pod
/// @param ip empty while it has none
record PodFields(
    String name, String uid, Workload workload, String nodeName, String ip, String hostIp) {
  private static final Pattern ENTRY =
      Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]");

  /// Empty for a field that no Pod has.
  Optional<String> value(String path) {
    return switch (path) {
      case "metadata.name" -> Optional.of(name);
      case "metadata.namespace" -> Optional.of(workload.revision().namespace());
      case "metadata.uid" -> Optional.of(uid);
      case "metadata.labels" -> Optional.of(lines(workload.pod().labels()));
      case "metadata.annotations" -> Optional.of(lines(workload.pod().annotations()));
      case "spec.nodeName" -> Optional.of(nodeName);
      case "spec.serviceAccountName" -> Optional.of(workload.pod().serviceAccount());
      case "status.podIP", "status.podIPs" -> Optional.of(ip);
      case "status.hostIP", "status.hostIPs" -> Optional.of(hostIp);
      default -> entry(path);
    };
  }

  /// An entry that is not there is empty, as the kubelet has it.
  private Optional<String> entry(String path) {
    Matcher entry = ENTRY.matcher(path);
    if (!entry.matches()) {
      return Optional.empty();
    }
    Map<String, String> from =
        entry.group(1).equals("labels") ? workload.pod().labels() : workload.pod().annotations();
    return Optional.of(from.getOrDefault(entry.group(2), ""));
  }

  /// `key="escaped value"`, one a line and sorted.
  private static String lines(Map<String, String> map) {
    return map.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry ->
            "%s=\"%s\""
                .formatted(
                    entry.getKey(),
                    entry
                        .getValue()
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")))
        .collect(Collectors.joining("\n"));
  }
}
