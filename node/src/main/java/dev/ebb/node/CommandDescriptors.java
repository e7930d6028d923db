package dev.ebb.node;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// The server's ends of a command's streams: three pipes, or one terminal.
public final class CommandDescriptors {
  private final Optional<Terminal> terminal;
  private final Spawn.Streams childs;
  private final int writable;
  private final int[] readable;
  private final int[] given;
  private final AtomicBoolean inputClosed = new AtomicBoolean();

  private CommandDescriptors(
      Optional<Terminal> terminal,
      Spawn.Streams childs,
      int writable,
      int[] readable,
      int... given) {
    this.terminal = terminal;
    this.childs = childs;
    this.writable = writable;
    this.readable = readable;
    this.given = given;
  }

  public static CommandDescriptors pipes() {
    int[] in = Linux.pipe();
    int[] out = Linux.pipe();
    int[] err = Linux.pipe();
    return new CommandDescriptors(
        Optional.empty(),
        new Spawn.Descriptors(in[0], out[1], err[1]),
        in[1],
        new int[] {out[0], err[0]},
        in[0],
        out[1],
        err[1]);
  }

  public static CommandDescriptors terminal(Terminal terminal) {
    int descriptor = terminal.descriptor();
    return new CommandDescriptors(
        Optional.of(terminal),
        new Spawn.TerminalDevice(terminal.device()),
        descriptor,
        new int[] {descriptor});
  }

  /// What the command gets.
  public Spawn.Streams childs() {
    return childs;
  }

  Optional<Terminal> terminal() {
    return terminal;
  }

  int writable() {
    return writable;
  }

  int[] readable() {
    return readable.clone();
  }

  /// The command has its own copies; while these are open its streams have no end.
  public void closeGiven() {
    for (int descriptor : given) {
      Linux.close(descriptor);
    }
  }

  void closeInput() {
    if (terminal.isEmpty() && inputClosed.compareAndSet(false, true)) {
      Linux.close(writable);
    }
  }

  /// To be called once, when nobody uses them any more.
  public void close() {
    closeInput();
    for (int descriptor : readable) {
      Linux.close(descriptor);
    }
  }
}
