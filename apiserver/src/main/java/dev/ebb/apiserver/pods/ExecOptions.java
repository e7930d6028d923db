package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.resources.ApiException;
import java.util.List;

/// The query of `pods/NAME/exec` and `attach` (`PodExecOptions`, `PodAttachOptions`).
///
/// @param command none for `attach`
record ExecOptions(
    String container,
    List<String> command,
    boolean stdin,
    boolean stdout,
    boolean stderr,
    boolean tty) {
  ExecOptions {
    command = List.copyOf(command);
  }

  /// A terminal has one stream for all output, so nothing is left for `stderr`.
  ///
  /// @throws ApiException 400
  static ExecOptions ofAttach(Exchange exchange) {
    boolean tty = flag(exchange, "tty");
    ExecOptions options =
        new ExecOptions(
            exchange.query("container").orElse(""),
            exchange.queryAll("command"),
            flag(exchange, "stdin"),
            flag(exchange, "stdout"),
            flag(exchange, "stderr") && !tty,
            tty);
    if (!options.stdin() && !options.stdout() && !options.stderr()) {
      throw ApiException.badRequest("you must specify at least 1 of stdin, stdout, stderr");
    }
    return options;
  }

  /// As [#ofAttach], with a command.
  ///
  /// @throws ApiException 400
  static ExecOptions of(Exchange exchange) {
    ExecOptions options = ofAttach(exchange);
    if (options.command().isEmpty() || options.command().getFirst().isEmpty()) {
      throw ApiException.badRequest("you must specify at least 1 command");
    }
    return options;
  }

  /// Kubernetes' reading of a flag in a query: `1` and `true` in any case, and a name alone.
  private static boolean flag(Exchange exchange, String name) {
    return exchange
        .query(name)
        .map(text -> text.isEmpty() || text.equals("1") || text.equalsIgnoreCase("true"))
        .orElse(false);
  }
}
