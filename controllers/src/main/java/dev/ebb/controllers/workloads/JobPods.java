package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Pods of a Job, numbered where it is Indexed. Pure.
final class JobPods {
  private static final String INDEX = "batch.kubernetes.io/job-completion-index";
  private static final String VARIABLE = "JOB_COMPLETION_INDEX";

  private JobPods() {}

  static List<KubernetesObject> of(
      KubernetesObject job, List<KubernetesObject> active, JobPlan.Counts counts, int number) {
    List<KubernetesObject> pods = new ArrayList<>();
    Set<Integer> taken = new HashSet<>(counts.indexes());
    active.forEach(pod -> index(pod).ifPresent(taken::add));
    for (int index = 0; pods.size() < number; index++) {
      if (!JobPlan.isIndexed(job)) {
        pods.add(PlainPods.pod(job));
      } else if (!taken.contains(index)) {
        pods.add(indexed(job, index));
      }
    }
    return pods;
  }

  static OptionalInt index(KubernetesObject pod) {
    String index = pod.annotations().getOrDefault(INDEX, "");
    return index.matches("[0-9]{1,9}")
        ? OptionalInt.of(Integer.parseInt(index))
        : OptionalInt.empty();
  }

  /// Reads `completedIndexes`: `0-2,5`.
  static Set<Integer> indexes(JsonNode status) {
    Set<Integer> indexes = new TreeSet<>();
    for (String part : status.path("completedIndexes").asString("").split(",", -1)) {
      if (part.matches("[0-9]{1,9}(-[0-9]{1,9})?")) {
        String[] ends = part.split("-", -1);
        for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
          indexes.add(i);
        }
      }
    }
    return indexes;
  }

  static String text(Set<Integer> indexes) {
    StringBuilder text = new StringBuilder();
    int first = -1;
    int last = -1;
    for (int index : new TreeSet<>(indexes)) {
      if (last >= 0 && index == last + 1) {
        last = index;
        continue;
      }
      append(text, first, last);
      first = index;
      last = index;
    }
    return append(text, first, last).toString();
  }

  private static StringBuilder append(StringBuilder text, int first, int last) {
    if (first < 0) {
      return text;
    }
    text.append(text.isEmpty() ? "" : ",").append(first);
    if (last == first) {
      return text;
    }
    return text.append(last == first + 1 ? "," : "-").append(last);
  }

  private static KubernetesObject indexed(KubernetesObject job, int index) {
    String number = Integer.toString(index);
    return PlainPods.pod(job)
        .with(json -> {
          ObjectNode metadata = json.withObject("/metadata");
          metadata.put("generateName", "%s-%d-".formatted(job.name(), index));
          metadata.withObject("/annotations").put(INDEX, number);
          metadata.withObject("/labels").put(INDEX, number);
          ObjectNode spec = json.withObject("/spec");
          spec.put("hostname", "%s-%d".formatted(job.name(), index));
          for (String list : List.of("initContainers", "containers")) {
            for (JsonNode container : spec.path(list)) {
              if (container instanceof ObjectNode object) {
                ArrayNode environment = object.withArray("/env");
                environment.insertObject(0).put("name", VARIABLE).put("value", number);
              }
            }
          }
        });
  }
}
