package dev.ebb.node;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Consumer;

/// A command of whose end somebody is told.
final class CountedCommand implements InstanceCommand {
  private final InstanceCommand command;
  private final Consumer<InstanceCommand> onClose;

  CountedCommand(InstanceCommand command, Consumer<InstanceCommand> onClose) {
    this.command = command;
    this.onClose = onClose;
  }

  @Override
  public OutputStream input() {
    return command.input();
  }

  @Override
  public InputStream output() {
    return command.output();
  }

  @Override
  public InputStream errors() {
    return command.errors();
  }

  @Override
  public void resize(int columns, int rows) {
    command.resize(columns, rows);
  }

  @Override
  public int await() throws InterruptedException {
    return command.await();
  }

  @Override
  public Optional<String> refusal() {
    return command.refusal();
  }

  @Override
  public void close() {
    command.close();
    onClose.accept(this);
  }
}
