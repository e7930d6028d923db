package dev.ebb.gateway;

/// The gateway cannot start: the port is taken, or the transport asked for does not work here.
public final class GatewayException extends RuntimeException {
  GatewayException(String message, Throwable cause) {
    super(message, cause);
  }
}
