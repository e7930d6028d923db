package dev.ebb.server;

import dev.ebb.apiserver.pods.PodCommand;
import dev.ebb.apiserver.pods.PodCommands;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.node.InstanceCommand;
import dev.ebb.node.NodeInstances;
import dev.ebb.resources.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// Commands beside instances: an instance is a process without a sandbox, so a command in its Pod
/// is a process of the same user with its directory and environment.
final class InstanceExec implements PodCommands {
  private final InstancePods pods;
  private final NodeInstances node;

  InstanceExec(InstancePods pods, NodeInstances node) {
    this.pods = pods;
    this.node = node;
  }

  @Override
  public void check(ObjectKey key, String container) {
    KubernetesObject pod = pods.pod(key);
    InstancePods.checkContainer(pod, container);
    if (pods.instance(key).isEmpty()) {
      throw ApiException.badRequest(
          "cannot exec into a container in a completed pod; current phase is "
              + pod.status().path("phase").asString("Unknown"));
    }
  }

  @Override
  public PodCommand start(ObjectKey key, List<String> command, boolean terminal)
      throws IOException {
    Instance instance =
        pods.instance(key).orElseThrow(() -> new IOException("container not running"));
    return new Running(node.run(instance.id(), command, terminal));
  }

  private record Running(InstanceCommand command) implements PodCommand {
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
    public void close() {
      command.close();
    }
  }
}
