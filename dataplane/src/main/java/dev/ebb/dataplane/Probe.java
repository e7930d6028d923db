package dev.ebb.dataplane;

import java.time.Duration;
import java.util.List;

/// How the node asks a container how it is: Kubernetes's Probe.
///
/// @param period zero lets the node ask as often as it likes, as Knative's readiness probes have it
/// @param timeout of one try
/// @param successThreshold at least 1
/// @param failureThreshold at least 1
public record Probe(
    Action action,
    Duration initialDelay,
    Duration period,
    Duration timeout,
    int successThreshold,
    int failureThreshold) {
  /// A port of 0 is the container's first. A host that is empty is the instance's own address.
  public sealed interface Action {}

  /// In the container; healthy when it ends with 0.
  public record Exec(List<String> command) implements Action {
    public Exec {
      command = List.copyOf(command);
    }
  }

  /// Healthy from 200 to 399.
  ///
  /// @param scheme `HTTP` or `HTTPS`, whose certificate is not looked at
  public record HttpGet(String scheme, String host, int port, String path, List<Header> headers)
      implements Action {
    public HttpGet {
      headers = List.copyOf(headers);
    }
  }

  public record Header(String name, String value) {}

  /// Healthy when it can be connected to.
  public record TcpSocket(String host, int port) implements Action {}

  /// The service of grpc.health.v1; healthy when it is SERVING.
  public record Grpc(int port, String service) implements Action {}

  /// Of a life cycle hook only: does nothing for so long.
  public record Sleep(Duration duration) implements Action {}
}
