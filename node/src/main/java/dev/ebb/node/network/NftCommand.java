package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The `nft` of nftables, which turns the text of rules into one transaction of the kernel.
final class NftCommand {
  /// Services have a short PATH on some distributions, without the directories of root.
  private static final List<String> DIRECTORIES =
      List.of("/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin");

  private final Path program;

  private NftCommand(Path program) {
    this.program = program;
  }

  /// @throws NetworkUnavailableException when it is not installed
  static NftCommand find() {
    return found()
        .map(NftCommand::new)
        .orElseThrow(() -> new NetworkUnavailableException("nft is not installed"));
  }

  static Optional<Path> found() {
    return DIRECTORIES.stream()
        .map(it -> Path.of(it, "nft"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// All of the commands take effect at once, or none does.
  ///
  /// @throws NetworkUnavailableException with what nft says
  void run(String commands) {
    run(List.of(program.toString(), "-f", "-"), commands);
  }

  /// The same in another network namespace.
  ///
  /// @param namespace its path
  void run(Path namespace, String commands) {
    var failure = new AtomicReference<RuntimeException>();
    // A child is born into the network of the thread that starts it.
    var thread =
        Thread.ofPlatform()
            .name("ebb-network-rules")
            .start(() -> {
              try {
                enter(namespace);
                run(commands);
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkUnavailableException("interrupted while nft ran", e);
    }
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  private static void enter(Path namespace) {
    int descriptor = KernelCalls.openNamespace(namespace);
    try {
      KernelCalls.enterNetwork(descriptor);
    } finally {
      Linux.close(descriptor);
    }
  }

  /// What it prints.
  String ask(String... words) {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(List.of(words));
    return run(command, "");
  }

  private static String run(List<String> command, String input) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var commands = process.getOutputStream()) {
        commands.write(input.getBytes(UTF_8));
      }
      String output;
      try (var said = process.getInputStream()) {
        output = new String(said.readAllBytes(), UTF_8).strip();
      }
      if (process.waitFor() != 0) {
        throw new NetworkUnavailableException("nft refused: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new NetworkUnavailableException("nft", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkUnavailableException("interrupted while nft ran", e);
    }
  }
}
