package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionTraffic;
import dev.ebb.dataplane.testing.FakeInstances;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// OpenFaaS's API over real objects in memory, with nobody who runs what they say.
final class World implements AutoCloseable {
  /// With a name and an image only.
  static final String SMALL = "{\"service\":\"%s\",\"image\":\"docker.io/library/x:1\"}";

  final TestingResources resources = new TestingResources();
  final FakeInstances instances = new FakeInstances();
  final RecordingScaler scaler = new RecordingScaler();
  final Map<RevisionId, RevisionTraffic> traffic = new HashMap<>();
  final OpenFaasGateway gateway =
      new OpenFaasGateway(
          resources,
          instances,
          () -> traffic,
          scaler,
          service -> new OpenFaasGateway.UsageSource.Use(12.5, 4096),
          "1.2.3",
          resources.clock());

  World() {
    OpenFaasBootstrap.run(resources);
  }

  String password() {
    return new String(
        Base64.getDecoder()
            .decode(
                resources
                    .get(CoreKinds.SECRET, BasicAuth.SECRET)
                    .json()
                    .path("data")
                    .path("basic-auth-password")
                    .asString()),
        UTF_8);
  }

  Caller admin() {
    return new Caller(gateway).as("admin", password());
  }

  KubernetesObject service(String name) {
    return resources.get(ServingKinds.SERVICE, new ObjectKey(FunctionNamespaces.DEFAULT, name));
  }

  KubernetesObject revision(String name) {
    return resources.get(ServingKinds.REVISION, new ObjectKey(FunctionNamespaces.DEFAULT, name));
  }

  /// As the controllers would once the function is deployed and gets requests.
  void run(String function, int desired, int ready, long requests) {
    String name = function + "-00001";
    revise(function, name, desired, ready, requests);
    resources.update(
        ServingKinds.SERVICE,
        service(function)
            .with(json -> json.putObject("status").put("latestReadyRevisionName", name)),
        WriteOptions.by("test").to(WriteOptions.Subresource.STATUS));
  }

  /// A Revision that no request goes to any more.
  void runOld(String function, int instances, long requests) {
    revise(function, function + "-00000", instances, instances, requests);
  }

  private void revise(String function, String name, int desired, int ready, long requests) {
    resources.create(
        ServingKinds.REVISION,
        KubernetesObject.of(
                ServingKinds.REVISION.type(), new ObjectKey(FunctionNamespaces.DEFAULT, name))
            .with(json -> {
              json.withObject("/metadata")
                  .putObject("labels")
                  .put("serving.knative.dev/service", function);
              json.set("spec", service(function).spec().path("template").path("spec").deepCopy());
            }),
        WriteOptions.by("test"));
    RevisionId id = new RevisionId(FunctionNamespaces.DEFAULT, name);
    scaler.desired.put(id, desired);
    traffic.put(id, traffic(ready, Map.of(200, requests)));
  }

  /// Each request took half a second.
  static RevisionTraffic traffic(int ready, Map<Integer, Long> byStatus) {
    long requests = byStatus.values().stream().mapToLong(count -> count).sum();
    return new RevisionTraffic(
        1,
        2,
        ready,
        byStatus,
        new MetricFamily.Value.Histogram(List.of(1.0), List.of(requests, 0L), requests * 0.5));
  }

  @Override
  public void close() {
    resources.close();
  }

  /// Makes it, with the value `x`.
  void secret(String name) {
    assertThat(
            admin()
                .call("POST /system/secrets", "{\"name\":\"%s\",\"value\":\"x\"}".formatted(name))
                .status())
        .isEqualTo(202);
  }

  /// A small function.
  void deployAndRun(String name, int desired) {
    assertThat(admin().call("POST /system/functions", SMALL.formatted(name)).status())
        .isEqualTo(202);
    run(name, desired, desired, 0);
  }
}
