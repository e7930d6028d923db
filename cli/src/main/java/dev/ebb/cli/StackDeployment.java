package dev.ebb.cli;

import dev.ebb.cli.stack.OpenFaasClient;
import dev.ebb.cli.stack.StackFunction;
import dev.ebb.kinds.KubernetesObject;
import java.io.PrintWriter;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Deploys functions of a stack file one after the other, and waits for each where it can see it:
/// on the server of this machine.
final class StackDeployment {
  private static final String DEFAULT_NAMESPACE = "openfaas-fn";

  private final OpenFaasClient gateway;
  private final Optional<ApiClient> api;
  private final int waitSeconds;
  private final PrintWriter progress;
  private final ArrayNode done = new JsonMapper().createArrayNode();

  /// @param api empty where the gateway is another server's
  StackDeployment(
      OpenFaasClient gateway, Optional<ApiClient> api, int waitSeconds, PrintWriter progress) {
    this.gateway = gateway;
    this.api = api;
    this.waitSeconds = waitSeconds;
    this.progress = progress;
  }

  /// What was done, for people.
  ///
  /// @throws CliException with the reason why it cannot be, or is not ready
  String deploy(StackFunction function) {
    String namespace = function.namespace().isEmpty() ? DEFAULT_NAMESPACE : function.namespace();
    boolean there = gateway.deploy(function);
    api.ifPresent(local -> await(local, namespace, function.name()));
    String path =
        "/function/" + function.name() + (function.namespace().isEmpty() ? "" : "." + namespace);
    ObjectNode entry = done.addObject();
    entry
        .put("name", function.name())
        .put("namespace", namespace)
        .put("image", function.image())
        .put("result", there ? "updated" : "created")
        .put("url", gateway.gateway() + path);
    return "function %s %s%s%n  %s"
        .formatted(
            function.name(),
            there ? "updated" : "created",
            api.isPresent() ? " and ready" : "",
            gateway.gateway() + path);
  }

  ArrayNode done() {
    return done;
  }

  private void await(ApiClient local, String namespace, String name) {
    ResourcePath path = ResourcePath.services(namespace, name);
    KubernetesObject service =
        Progress.during(
                progress,
                () -> "waiting for " + name,
                () -> local.await(path, waitSeconds, StackDeployment::settled))
            .orElseThrow(() ->
                new CliException(
                    "%s is not ready after %d s. It goes on trying; see: ebb describe %s -n %s"
                        .formatted(name, waitSeconds, name, namespace)));
    Readiness readiness = Readiness.of(service);
    if (readiness.failed()) {
      throw new CliException(
          "%s did not become ready (%s):%n%s"
              .formatted(name, readiness.reason(), readiness.message().stripTrailing()));
    }
  }

  private static Optional<KubernetesObject> settled(KubernetesObject service) {
    Readiness readiness = Readiness.of(service);
    return readiness.ready() || readiness.failed() ? Optional.of(service) : Optional.empty();
  }
}
