package dev.ebb.cli.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A function of a stack file, complete: what its environment files say is in its environment.
///
/// @param namespace empty for the gateway's default
/// @param process the watchdog's `fprocess`; empty to leave the image's
/// @param limits amounts by resource
/// @param requests the same
public record StackFunction(
    String name,
    String namespace,
    String image,
    String process,
    Map<String, String> environment,
    List<String> secrets,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<String> constraints,
    Map<String, String> limits,
    Map<String, String> requests,
    boolean readOnlyRootFilesystem) {
  public StackFunction {
    environment = new LinkedHashMap<>(environment);
    secrets = List.copyOf(secrets);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    constraints = List.copyOf(constraints);
    limits = Map.copyOf(limits);
    requests = Map.copyOf(requests);
  }

  /// @param variables win over the function's own
  public StackFunction with(String otherImage, Map<String, String> variables) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.putAll(variables);
    return new StackFunction(
        name,
        namespace,
        otherImage,
        process,
        all,
        secrets,
        labels,
        annotations,
        constraints,
        limits,
        requests,
        readOnlyRootFilesystem);
  }
}
