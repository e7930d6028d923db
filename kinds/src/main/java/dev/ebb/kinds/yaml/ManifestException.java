package dev.ebb.kinds.yaml;

/// A text that is not what it should be. The message is for its author and says where.
public final class ManifestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final int column;

  /// @param line from 1; 0 where no place is known
  /// @param column from 1
  public ManifestException(String problem, int line, int column) {
    super(line > 0 ? "line %d, column %d: %s".formatted(line, column, problem) : problem);
    this.line = line;
    this.column = column;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }
}
