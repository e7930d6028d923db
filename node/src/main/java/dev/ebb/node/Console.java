package dev.ebb.node;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// The terminal of a container's first process. What the container shows there goes to its log and
/// to everybody who is attached, by a thread of its own. It ends when no process of the container
/// has it open any more; when the server lets go of it, they are told that their user has hung up
/// (SIGHUP). Thread-safe.
public final class Console implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Console.class.getName());
  private static final int BUFFER = 32 << 10;

  private final Terminal terminal;
  private final Path log;
  private final int[] stop = Linux.pipe();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Set<ConsoleOutput> attached = ConcurrentHashMap.newKeySet();

  /// Held while the descriptor is used: a closed one's number may be another file's.
  private final Lock using = new ReentrantLock();

  private boolean ended;

  private Console(Terminal terminal, Path log) {
    this.terminal = terminal;
    this.log = log;
  }

  /// @param terminal the side that stands for the user; closed when the console ends
  /// @param log is appended to
  public static Console start(Terminal terminal, Path log) {
    Console console = new Console(terminal, log);
    Thread.ofPlatform().daemon().name("ebb-console").start(console::show);
    return console;
  }

  /// What is shown from now on; at its end once the console has ended.
  ConsoleOutput attach() {
    using.lock();
    try {
      ConsoleOutput output = new ConsoleOutput(attached::remove);
      if (ended) {
        output.end();
      } else {
        attached.add(output);
      }
      return output;
    } finally {
      using.unlock();
    }
  }

  /// What the user types. Closing it says nothing: a terminal has no end.
  public OutputStream input() {
    return new DescriptorOutput(terminal.descriptor(), using, () -> ended);
  }

  void resize(int columns, int rows) {
    using.lock();
    try {
      if (!ended) {
        terminal.resize(columns, rows);
      }
    } finally {
      using.unlock();
    }
  }

  private void show() {
    byte[] buffer = new byte[BUFFER];
    try (OutputStream copy =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        boolean[] ready = DescriptorIo.awaitReadable(terminal.descriptor(), stop[0]);
        int count = ready[0] ? DescriptorIo.read(terminal.descriptor(), buffer) : 0;
        if (count < 0 || (count == 0 && ready[1])) {
          return;
        }
        copy.write(buffer, 0, count);
        for (ConsoleOutput output : attached) {
          output.put(buffer, count);
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a container's terminal is lost, its log is " + log, e);
    } finally {
      end();
    }
  }

  private void end() {
    using.lock();
    try {
      ended = true;
      Linux.close(terminal.descriptor());
      Linux.close(stop[0]);
      attached.forEach(ConsoleOutput::end);
      attached.clear();
    } finally {
      using.unlock();
    }
  }

  /// Lets go of it. Idempotent.
  @Override
  public void close() {
    if (stopped.compareAndSet(false, true)) {
      Linux.close(stop[1]);
    }
  }
}
