package dev.ebb.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// A command's process and its streams.
///
/// Platform threads move the bytes between its descriptors and streams of Java: a virtual thread in
/// a native read would hold its carrier, of which there are as many as processors.
public final class CommandProcess implements InstanceCommand {
  private static final System.Logger LOG = System.getLogger(CommandProcess.class.getName());

  /// What waits in each direction; then the writer is held back.
  private static final int BUFFER = 64 << 10;

  /// Less than a pipe takes at once when it can be written at all (pipe(7), PIPE_BUF).
  private static final int WRITE = 4096;

  private static final byte[] END_OF_INPUT = {4};

  private final long pid;
  private final CommandDescriptors descriptors;
  private final int[] stop = Linux.pipe();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  /// Held while the process's number is used: once it is reaped the number may be a stranger's.
  private final Lock naming = new ReentrantLock();

  private boolean reaped;

  private final PipedOutputStream input = new PipedOutputStream();
  private final PipedInputStream fromInput = new PipedInputStream(input, BUFFER);
  private final PipedOutputStream toOutput = new PipedOutputStream();
  private final InputStream output = new PipedInputStream(toOutput, BUFFER);
  private final PipedOutputStream toErrors = new PipedOutputStream();
  private final InputStream errors = new PipedInputStream(toErrors, BUFFER);

  public CommandProcess(long pid, CommandDescriptors descriptors) throws IOException {
    this.pid = pid;
    this.descriptors = descriptors;
  }

  /// @param onEnd called when the process has ended
  public void start(Runnable onEnd) {
    Thread reader = thread("ebb-command-out", this::readAll);
    Thread writer = thread("ebb-command-in", this::writeAll);
    thread(
        "ebb-command-end",
        () -> {
          exit.complete(Linux.awaitExit(pid).code());
          reap();
          onEnd.run();
          join(reader);
          join(writer);
          descriptors.close();
          Linux.close(stop[0]);
        });
  }

  private static Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).start(work);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void reap() {
    naming.lock();
    try {
      reaped = true;
      Linux.reap(pid);
    } finally {
      naming.unlock();
    }
  }

  @Override
  public OutputStream input() {
    return input;
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public InputStream errors() {
    return errors;
  }

  @Override
  public void resize(int columns, int rows) {
    if (!closed.get()) {
      descriptors.terminal().ifPresent(terminal -> terminal.resize(columns, rows));
    }
  }

  @Override
  public int await() throws InterruptedException {
    try {
      return exit.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    kill();
    Linux.close(stop[1]);
    closeQuietly(input);
    closeQuietly(fromInput);
    closeQuietly(output);
    closeQuietly(errors);
  }

  /// Its number; another process's, perhaps, when it has ended.
  public long pid() {
    return pid;
  }

  /// All of its session, if it runs: nobody looks at it any more.
  private void kill() {
    naming.lock();
    try {
      if (!reaped) {
        ProcessStat.all().stream()
            .filter(process -> process.session() == pid)
            .forEach(process -> Linux.kill(process.pid(), Linux.SIGKILL));
      }
    } finally {
      naming.unlock();
    }
  }

  private void readAll() {
    int[] open = descriptors.readable();
    PipedOutputStream[] to = {toOutput, toErrors};
    byte[] buffer = new byte[BUFFER];
    boolean[] ended = new boolean[open.length];
    try {
      for (int left = open.length; left > 0; ) {
        int[] waited = new int[open.length + 1];
        for (int i = 0; i < open.length; i++) {
          // poll() takes no notice of a negative number.
          waited[i] = ended[i] ? -1 : open[i];
        }
        waited[open.length] = stop[0];
        boolean[] ready = DescriptorIo.awaitReadable(waited);
        if (ready[open.length]) {
          return;
        }
        for (int i = 0; i < open.length; i++) {
          int count = ready[i] ? DescriptorIo.read(open[i], buffer) : 0;
          if (count > 0) {
            to[i].write(buffer, 0, count);
            to[i].flush();
          } else if (count < 0) {
            ended[i] = true;
            left--;
            to[i].close();
          }
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the output of a command ended early", e);
    } finally {
      closeQuietly(toOutput);
      closeQuietly(toErrors);
    }
  }

  private void writeAll() {
    byte[] buffer = new byte[WRITE];
    try {
      for (int count = fromInput.read(buffer); count >= 0; count = fromInput.read(buffer)) {
        write(buffer, count);
      }
      if (descriptors.terminal().isPresent()) {
        write(END_OF_INPUT, END_OF_INPUT.length);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a command reads no more", e);
    } finally {
      // Takes what still comes, so that whoever writes is told.
      closeQuietly(fromInput);
      descriptors.closeInput();
    }
  }

  private void write(byte[] bytes, int length) throws IOException {
    int written = 0;
    while (written < length) {
      if (!DescriptorIo.awaitWritable(descriptors.writable(), stop[0])) {
        throw new IOException("the command was closed");
      }
      written += DescriptorIo.write(descriptors.writable(), bytes, written, length - written);
    }
  }

  private static void closeQuietly(AutoCloseable stream) {
    try {
      stream.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "the end of a stream", e);
    }
  }
}
