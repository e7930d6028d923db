package dev.ebb.apiserver.pods;

import java.util.List;
import java.util.Optional;

/// How Kubernetes puts several channels into the messages of one WebSocket: the number of the
/// channel, then its bytes.
///
/// @see <a href="https://kubernetes.io/docs/reference/using-api/websockets/">WebSocket protocols of
///   Kubernetes</a>
enum ChannelForm {
  /// The number as one byte, then the bytes as they are.
  BINARY,
  /// The number as a digit, then the bytes in base64; text messages.
  BASE64;

  static final List<String> PORT_FORWARD =
      List.of("v4.channel.k8s.io", "v4.base64.channel.k8s.io", "portforward.k8s.io");

  /// @param protocol that was agreed upon; none means binary
  static ChannelForm of(Optional<String> protocol) {
    return protocol.filter(name -> name.contains("base64")).isPresent() ? BASE64 : BINARY;
  }
}
