package dev.ebb.node.pods;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.node.Linux;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Namespaces;
import dev.ebb.node.sandbox.Resources;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.sandbox.Security;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A container of the machine's simplest program: what is compiled and loaded once, here and in the
/// kernel, is ready when the first instance needs it.
final class Rehearsal {
  private static final String ID = "rehearsal";

  private Rehearsal() {}

  static void play(ContainerRuntime runtime, Path work) {
    Path bundle = work.resolve(ID);
    runtime.delete(ID, bundle);
    var running =
        runtime.start(
            new ContainerSpec(
                ID,
                bundle,
                new Root.Host(),
                List.of("/bin/true"),
                Map.of(),
                "/",
                ContainerUser.ROOT,
                List.of(),
                Security.DEFAULT,
                Resources.UNLIMITED,
                Namespaces.OWN,
                ID,
                Path.of("/dev/null"),
                StandardInput.NONE,
                false));
    Linux.awaitExit(running.pid());
    runtime.delete(ID, bundle);
    Linux.reap(running.pid());
  }
}
