package dev.ebb.server;

import dev.ebb.apiserver.pods.PodAttachments;
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
import java.util.Optional;

/// Commands in the containers of instances, and the streams of their own programs.
final class InstanceExec implements PodCommands, PodAttachments {
  private final InstancePods pods;
  private final NodeInstances node;

  InstanceExec(InstancePods pods, NodeInstances node) {
    this.pods = pods;
    this.node = node;
  }

  @Override
  public void check(ObjectKey key, String container) {
    KubernetesObject pod = pods.pod(key);
    String name = InstancePods.container(pod, container);
    Optional<Instance> instance = pods.instance(pod);
    String phase = pod.status().path("phase").asString("Unknown");
    if (instance.isEmpty() && !phase.equals("Pending")) {
      throw ApiException.badRequest(
          "cannot exec into a container in a completed pod; current phase is " + phase);
    }
    if (instance.filter(one -> InstancePods.runs(one, name)).isEmpty()) {
      throw ApiException.badRequest("container not found (\"%s\")".formatted(name));
    }
    node.refusesCommands(instance.get().id())
        .ifPresent(why -> {
          throw ApiException.badRequest(why);
        });
  }

  @Override
  public PodCommand start(ObjectKey key, String container, List<String> command, boolean terminal)
      throws IOException {
    KubernetesObject pod = pods.pod(key);
    String name = InstancePods.container(pod, container);
    Instance instance =
        pods.instance(pod)
            .orElseThrow(() -> new IOException("container not found (\"%s\")".formatted(name)));
    return new Running(node.run(instance.id(), name, command, terminal));
  }

  @Override
  public void checkAttach(ObjectKey key, String container) {
    KubernetesObject pod = pods.pod(key);
    String name = InstancePods.container(pod, container);
    Optional<Instance> instance = pods.instance(pod);
    String phase = pod.status().path("phase").asString("Unknown");
    if (instance.isEmpty() && !phase.equals("Pending")) {
      throw ApiException.badRequest(
          "cannot attach to a container in a completed pod; current phase is " + phase);
    }
    if (instance.filter(one -> InstancePods.runs(one, name)).isEmpty()) {
      throw ApiException.badRequest(
          "container %s not found in pod %s_%s".formatted(name, key.name(), key.namespace()));
    }
  }

  @Override
  public PodCommand attach(ObjectKey key, String container, boolean stdin) throws IOException {
    KubernetesObject pod = pods.pod(key);
    String name = InstancePods.container(pod, container);
    Instance instance =
        pods.instance(pod)
            .orElseThrow(() -> new IOException("container not found (\"%s\")".formatted(name)));
    return new Running(node.attach(instance.id(), name, stdin));
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
    public Optional<String> refusal() {
      return command.refusal();
    }

    @Override
    public void close() {
      command.close();
    }
  }
}
