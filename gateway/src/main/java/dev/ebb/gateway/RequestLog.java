package dev.ebb.gateway;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.time.Duration;
import java.util.Map;

/// Told of each request that an instance got, when it is over: what Knative's queue proxy knows of
/// it. Called on an event loop: neither method may block.
public interface RequestLog {
  /// Nobody wants to know.
  RequestLog OFF =
      new RequestLog() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void request(Entry entry) {}
      };

  boolean isOn();

  void request(Entry entry);

  /// @param instanceIp empty where the instance has no address of its own
  /// @param uri as the client wrote it
  /// @param protocol `HTTP/1.1` or `HTTP/2.0`
  /// @param client its address and port
  /// @param contentLength of the request's body; -1 when it was not told
  /// @param headers of the request, by their names in lower case; the values of one name are joined
  ///   by commas
  /// @param status 0 when the client left before there was one
  record Entry(
      RevisionId revision,
      InstanceId instance,
      String instanceIp,
      String method,
      String uri,
      String host,
      String protocol,
      String client,
      long contentLength,
      Map<String, String> headers,
      int status,
      long responseBytes,
      Duration total) {
    /// Of Knative's parts or of a kubelet.
    public boolean isProbe() {
      return headers.containsKey("k-network-probe")
          || headers.containsKey("k-kubelet-probe")
          || headers.getOrDefault("user-agent", "").startsWith("kube-probe/");
    }
  }
}
