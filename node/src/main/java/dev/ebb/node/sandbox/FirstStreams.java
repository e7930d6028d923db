package dev.ebb.node.sandbox;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.node.Console;
import dev.ebb.node.DescriptorOutput;
import dev.ebb.node.Linux;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Standard inputs and terminals of first processes.
///
/// An input is a named pipe in the container's bundle, so that a later server finds it. One that
/// never ends is open for writing in the container itself; one that ends with its first user is
/// held open here until then, and so ends with the server. Thread-safe.
final class FirstStreams {
  private final Map<String, Shown> consoles = new ConcurrentHashMap<>();

  /// @param reads whether what is typed there goes anywhere
  private record Shown(Console console, boolean reads) {}

  /// Writing ends of inputs that are to end, by container.
  private final Map<String, Integer> held = new ConcurrentHashMap<>();

  /// Makes the pipe.
  ///
  /// @param owner the user of the container, who may open `/dev/stdin`
  /// @return the end for the program, to be closed when it has its own; -1 for none
  int open(ContainerSpec spec, int owner) throws IOException {
    if (spec.stdin() == StandardInput.NONE || spec.terminal()) {
      return -1;
    }
    Path pipe = pipe(spec.bundle());
    SystemCalls.fifo(pipe);
    SystemCalls.chown(pipe, owner, -1);
    int both = SystemCalls.open(pipe, SystemCalls.O_RDWR);
    if (spec.stdin() == StandardInput.OPEN) {
      return both;
    }
    held.put(spec.id(), both);
    return SystemCalls.open(pipe, SystemCalls.O_RDONLY);
  }

  /// Its first process runs and has this terminal.
  ///
  /// @param reads whether its input was asked for
  void show(String id, Console console, boolean reads) {
    consoles.put(id, new Shown(console, reads));
  }

  Optional<Console> console(String id) {
    return Optional.ofNullable(consoles.get(id)).map(Shown::console);
  }

  /// Empty where the input is at its end. Closing it ends an input that is to end.
  Optional<OutputStream> input(String id, Path bundle) throws IOException {
    Shown shown = consoles.get(id);
    if (shown != null) {
      return shown.reads() ? Optional.of(shown.console().input()) : Optional.empty();
    }
    if (!Files.exists(pipe(bundle))) {
      return Optional.empty();
    }
    return Optional.of(new Input(id, SystemCalls.open(pipe(bundle), SystemCalls.O_RDWR_NONBLOCK)));
  }

  void delete(String id) {
    endInput(id);
    Optional.ofNullable(consoles.remove(id)).ifPresent(shown -> shown.console().close());
  }

  void close() {
    consoles.values().forEach(shown -> shown.console().close());
    held.keySet().forEach(this::endInput);
  }

  private void endInput(String id) {
    Integer end = held.remove(id);
    if (end != null) {
      Linux.close(end);
    }
  }

  private static Path pipe(Path bundle) {
    return bundle.resolve("stdin");
  }

  /// One user's end of a pipe.
  private final class Input extends OutputStream {
    private final String id;
    private final int descriptor;
    private final Lock using = new ReentrantLock();
    private boolean closed;
    private final DescriptorOutput output;

    Input(String id, int descriptor) {
      this.id = id;
      this.descriptor = descriptor;
      output = new DescriptorOutput(descriptor, using, () -> closed);
    }

    @Override
    public void write(int b) throws IOException {
      output.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      output.write(bytes, offset, length);
    }

    @Override
    public void close() {
      using.lock();
      try {
        if (!closed) {
          closed = true;
          endInput(id);
          Linux.close(descriptor);
        }
      } finally {
        using.unlock();
      }
    }
  }
}
