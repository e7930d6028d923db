package dev.ebb.node.sandbox;

import dev.ebb.dataplane.StandardInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// One container to be started.
///
/// @param id unique on this machine among everything that containers are run with: lower-case
///   letters, digits, `-` and `.`, at most 128
/// @param bundle a directory of its own, made by the start and removed by [ContainerRuntime#delete]
/// @param command at least one word; the first is a path in the root, or is looked for in the
///   `PATH` of `environment`
/// @param workingDirectory absolute, in the root; made when it is missing
/// @param hostname of the new UTS namespace; not used when the namespaces of another container are
///   joined
/// @param log a file that gets standard output and error, appended; made when it is missing
/// @param stdin what is written there through [ContainerRuntime#input]
/// @param terminal whether the program has a terminal; it ends with the server
public record ContainerSpec(
    String id,
    Path bundle,
    Root root,
    List<String> command,
    Map<String, String> environment,
    String workingDirectory,
    ContainerUser user,
    List<Mount> mounts,
    Security security,
    Resources resources,
    Namespaces namespaces,
    String hostname,
    Path log,
    StandardInput stdin,
    boolean terminal) {
  private static final Pattern ID = Pattern.compile("[a-z0-9][-.a-z0-9]{0,127}");

  public ContainerSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    mounts = List.copyOf(mounts);
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("no name of a container: " + id);
    }
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a container needs a command");
    }
    if (!workingDirectory.startsWith("/")) {
      throw new IllegalArgumentException("not absolute: " + workingDirectory);
    }
  }
}
