package dev.ebb.node.pods;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.Linux;
import dev.ebb.node.NodeFiles;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Mount;
import dev.ebb.node.sandbox.Namespaces;
import dev.ebb.node.sandbox.Resources;
import dev.ebb.node.sandbox.Security;
import dev.ebb.node.sandbox.Security.Seccomp;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Makes what goes with a package, such as Python's byte code: instances cannot write to their
/// package, and each would compile it anew. It is made in a container, for a compiler reads what
/// somebody sent; and a package gets nothing but what was made of itself, for others must not find
/// in it what an instance left (docs/decisions/0111). Thread-safe; blocks.
final class PackagePreparations {
  private static final Logger LOG = System.getLogger(PackagePreparations.class.getName());
  private static final String MADE = "/made";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Resources MOST =
      new Resources(
          OptionalLong.of(512L << 20),
          OptionalInt.of(1000),
          OptionalInt.empty(),
          OptionalInt.of(64));

  /// More is left out: byte code is about as large as its source.
  private static final long MOST_BYTES = 256L << 20;

  private final ContainerRuntime runtime;
  private final Path work;
  private final Duration patience;
  private final Set<PackagePreparation> done = ConcurrentHashMap.newKeySet();

  PackagePreparations(ContainerRuntime runtime, Path work) {
    this(runtime, work, PATIENCE);
  }

  PackagePreparations(ContainerRuntime runtime, Path work, Duration patience) {
    this.runtime = runtime;
    this.work = work;
    this.patience = patience;
  }

  /// Does it once for each package in the life of a server. Where it fails, starts take longer.
  void require(ContainerPlan container) {
    FunctionPart function = container.function().orElse(null);
    if (function == null || function.preparation().isEmpty()) {
      return;
    }
    PackagePreparation preparation = function.preparation().get();
    if (!done.add(preparation)) {
      return;
    }
    String id = "prepare-" + preparation.root().getFileName().toString().substring(0, 16);
    Path made = work.resolve(id + "-made");
    try {
      Files.createDirectory(made);
      Files.setAttribute(made, "unix:uid", ImageOwners.BASE + FunctionImageConfig.USER);
      Files.setAttribute(made, "unix:gid", ImageOwners.BASE + FunctionImageConfig.USER);
      int code = run(id, preparation, function.mounts(), made);
      if (code == 0) {
        new PreparedFiles(made, preparation.root(), MOST_BYTES).add();
      } else {
        LOG.log(Level.DEBUG, "{0} ended with {1}", id, code);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "a package is not prepared and starts more slowly: " + id, e);
    } finally {
      delete(made);
    }
  }

  /// @return the exit code
  private int run(String id, PackagePreparation preparation, List<Mount> files, Path made) {
    Path bundle = work.resolve(id);
    var mounts = new ArrayList<Mount>(files);
    mounts.add(Mount.writable(made, MADE));
    var command = new ArrayList<String>(preparation.command());
    command.add(preparation.root().toString());
    command.add(MADE);
    runtime.delete(id, bundle);
    var running =
        runtime.start(
            new ContainerSpec(
                id,
                bundle,
                new dev.ebb.node.sandbox.Root.Host(),
                command,
                Map.of("LANG", "C.UTF-8"),
                "/",
                new ContainerUser(FunctionImageConfig.USER + ":" + FunctionImageConfig.USER),
                mounts,
                new Security(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    true,
                    OptionalLong.empty(),
                    List.of(),
                    true,
                    List.of(),
                    List.of("ALL"),
                    false,
                    Seccomp.RUNTIME_DEFAULT),
                MOST,
                Namespaces.OWN,
                "prepare",
                Path.of("/dev/null"),
                StandardInput.NONE,
                false));
    Optional<Integer> code = awaitEnd(running.pid());
    runtime.delete(id, bundle);
    if (code.isEmpty()) {
      Linux.awaitExit(running.pid());
    }
    Linux.reap(running.pid());
    return code.orElse(-1);
  }

  /// @return empty when it took too long
  private Optional<Integer> awaitEnd(long pid) {
    try {
      ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.of(Linux.awaitExit(pid).code());
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static void delete(Path directory) {
    try {
      NodeFiles.delete(directory);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete " + directory, e);
    }
  }
}
