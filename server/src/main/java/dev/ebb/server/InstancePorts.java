package dev.ebb.server;

import dev.ebb.apiserver.pods.PodPorts;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.node.NodeInstances;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// The ports of instances. An instance with a network of its own is reached there; of the others
/// the function's own port, which is a unix socket, and any other on which one of the instance's
/// own processes listens. Other programs of this machine cannot be reached so.
final class InstancePorts implements PodPorts {
  private final InstancePods pods;
  private final NodeInstances node;

  InstancePorts(InstancePods pods, NodeInstances node) {
    this.pods = pods;
    this.node = node;
  }

  @Override
  public void check(ObjectKey key) {
    pods.pod(key);
  }

  @Override
  public SocketChannel connect(ObjectKey key, int port) throws IOException {
    KubernetesObject pod = pods.pod(key);
    try {
      return open(pod, port);
    } catch (IOException e) {
      throw new IOException(
          "error forwarding port %d to pod %s, uid %s: failed to connect to localhost:%d: %s"
              .formatted(port, key.name(), pod.uid(), port, e.getMessage()),
          e);
    }
  }

  private SocketChannel open(KubernetesObject pod, int port) throws IOException {
    Optional<Instance> instance = pods.instance(pod);
    if (instance.filter(one -> hasNetwork(one) && !isBySocket(pod, one, port)).isPresent()) {
      return node.connect(instance.get().id(), port);
    }
    return SocketChannel.open(
        instance
            .flatMap(one -> address(pod, one, port))
            .orElseThrow(() -> new ConnectException("Connection refused")));
  }

  private static boolean hasNetwork(Instance instance) {
    return !instance.ip().isEmpty();
  }

  /// A function takes what is for its port at a unix socket.
  private static boolean isBySocket(KubernetesObject pod, Instance instance, int port) {
    return port == InstancePods.userPort(pod)
        && instance.address().filter(UnixDomainSocketAddress.class::isInstance).isPresent();
  }

  /// Where the Pod's port can be reached; empty when nobody of the Pod listens on it.
  Optional<SocketAddress> address(ObjectKey key, int port) {
    KubernetesObject pod = pods.pod(key);
    return pods.instance(pod).flatMap(instance -> address(pod, instance, port));
  }

  private Optional<SocketAddress> address(KubernetesObject pod, Instance instance, int port) {
    if (isBySocket(pod, instance, port)) {
      return instance.address();
    }
    if (hasNetwork(instance)) {
      return Optional.of(new InetSocketAddress(instance.ip(), port));
    }
    return node.listening(instance.id(), port).map(SocketAddress.class::cast);
  }
}
