package dev.ebb.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Function;

/// Finds out before the rooms start whether a port is free, so that the user gets one clear
/// message.
final class Ports {
  private static final int ATTEMPTS = 3;

  private Ports() {}

  /// @param option the one that sets this port, for the message
  /// @param mayMove answer 0, any free port, where the wanted one is in use
  /// @throws StartupException when the port is in use and may not move
  static int choose(int wanted, String option, boolean mayMove) {
    if (wanted == 0) {
      return 0;
    }
    if (wanted < 0 || wanted > 65_535) {
      throw new StartupException(
          "%s %d is no port; ports are 1 to 65535, and 0 is any free one"
              .formatted(option, wanted));
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return wanted;
    } catch (IOException e) {
      if (mayMove) {
        return 0;
      }
      throw new StartupException(
          "port %d is in use or may not be used (%s). Choose another with %s PORT, or 0 for any free one"
              .formatted(wanted, e.getMessage(), option),
          e);
    }
  }

  /// Between the look at a port and its use another program may take it, and a port that is free at
  /// one address may be taken at another: a start some of whose ports may be any is tried again.
  ///
  /// @param attempt throws [NotListeningException] when a port is taken
  /// @throws StartupException when it is taken and may not move
  static <T> T start(ServerConfig config, Function<ServerConfig, T> attempt) {
    ServerConfig next = config;
    for (int left = ATTEMPTS; ; left--) {
      try {
        return attempt.apply(next);
      } catch (NotListeningException e) {
        if (left == 1 || !(config.portsMayMove() || isAny(config))) {
          throw cannotListen(e);
        }
        next = config.portsMayMove() ? config.withAnyPorts() : config;
      }
    }
  }

  private static boolean isAny(ServerConfig config) {
    return config.gatewayPort() == 0 || config.apiPort() == 0 || config.metricsPort() == 0;
  }

  private static StartupException cannotListen(NotListeningException e) {
    return new StartupException("cannot start: " + e.getMessage(), e);
  }
}
