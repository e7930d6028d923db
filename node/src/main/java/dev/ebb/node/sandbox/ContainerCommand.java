package dev.ebb.node.sandbox;

import dev.ebb.node.CommandProcess;
import dev.ebb.node.InstanceCommand;
import dev.ebb.node.Linux;
import dev.ebb.node.ProcessStat;
import dev.ebb.node.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// A command in a container. The process that the server sees is the runtime, which waits for the
/// command; the command itself has a session of its own inside.
final class ContainerCommand implements InstanceCommand {
  private static final Logger LOG = System.getLogger(ContainerCommand.class.getName());

  /// Each waits twice as long as the one before.
  private static final int ROUNDS = 8;

  private static final long ROUND_NANOS = 10_000_000;

  private final CommandProcess runtime;
  private final Papers files;
  private final String program;
  private final Supplier<List<Long>> members;
  private final AtomicInteger sizes = new AtomicInteger();
  private volatile Optional<String> told = Optional.empty();

  /// @param process what the runtime is to run
  /// @param errors gets its log
  /// @param pid gets the number of the command's process
  record Papers(Path process, Path errors, Path pid) {
    static Papers in(Path bundle, long number) {
      String name = "exec-" + number;
      return new Papers(
          bundle.resolve(name + ".json"),
          bundle.resolve(name + ".log"),
          bundle.resolve(name + ".pid"));
    }

    void delete() {
      for (Path file : List.of(process, errors, pid)) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          LOG.log(Level.DEBUG, "it goes with the bundle", e);
        }
      }
    }
  }

  /// @param members numbers of the container's processes
  ContainerCommand(
      CommandProcess runtime, Papers files, String program, Supplier<List<Long>> members) {
    this.runtime = runtime;
    this.files = files;
    this.program = program;
    this.members = members;
  }

  @Override
  public OutputStream input() {
    return runtime.input();
  }

  @Override
  public InputStream output() {
    return runtime.output();
  }

  @Override
  public InputStream errors() {
    return runtime.errors();
  }

  /// The runtime takes over the size that its own terminal has when it makes the command's. It may
  /// miss a change, and crun 1.8.1 misses all after the start, so the command's terminal is told
  /// itself: again for two seconds, for it may not be there yet.
  @Override
  public void resize(int columns, int rows) {
    runtime.resize(columns, rows);
    int size = sizes.incrementAndGet();
    Thread.startVirtualThread(() -> {
      for (int round = 0; round < ROUNDS && sizes.get() == size; round++) {
        first()
            .filter(members.get()::contains)
            .ifPresent(pid -> Terminal.resize(Path.of("/proc/" + pid + "/fd/0"), columns, rows));
        LockSupport.parkNanos(ROUND_NANOS << round);
      }
    });
  }

  @Override
  public int await() throws InterruptedException {
    return runtime.await();
  }

  /// The runtime writes to its log only when it cannot run the command.
  @Override
  public Optional<String> refusal() {
    return told.or(this::read);
  }

  private Optional<String> read() {
    try {
      return Files.exists(files.errors()) && Files.size(files.errors()) > 0
          ? Optional.of(String.valueOf(RuntimeErrors.read(files.errors(), program, 1).getMessage()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    Optional<ProcessStat> first = endSession();
    runtime.close();
    first.ifPresent(Orphans::reapSoon);
    told = refusal();
    files.delete();
  }

  /// The runtime's end is not the command's, which has a session of its own. A number that is in
  /// the container's group is no stranger's.
  ///
  /// @return the command's process, which nobody waits for when the runtime ended before it
  private Optional<ProcessStat> endSession() {
    List<Long> all = members.get();
    Optional<ProcessStat> first = first().filter(all::contains).flatMap(ProcessStat::read);
    first.ifPresent(it -> kill(it.session(), all));
    return first;
  }

  /// runc tells the number a little after the command has begun; until then it is the one child.
  private Optional<Long> first() {
    try {
      return Optional.of(Long.parseLong(Files.readString(files.pid()).strip()));
    } catch (IOException | NumberFormatException e) {
      return ProcessHandle.of(runtime.pid()).stream()
          .flatMap(ProcessHandle::children)
          .map(ProcessHandle::pid)
          .findFirst();
    }
  }

  private static void kill(long session, List<Long> all) {
    all.stream()
        .flatMap(pid -> ProcessStat.read(pid).stream())
        .filter(one -> one.session() == session)
        .forEach(one -> Linux.kill(one.pid(), Linux.SIGKILL));
  }
}
