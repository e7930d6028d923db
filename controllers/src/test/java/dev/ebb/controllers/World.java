package dev.ebb.controllers;

import static org.awaitility.Awaitility.await;

import dev.ebb.controllers.scaling.PodUsage;
import dev.ebb.controllers.workloads.Machine;
import dev.ebb.controllers.workloads.PlatformPart;
import dev.ebb.dataplane.ClaimDirectory;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.Workload;
import dev.ebb.dataplane.testing.FakeInstances;
import dev.ebb.images.FunctionPackages;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The controllers over a real API in memory and over doubles of the data plane.
final class World implements AutoCloseable {
  static {
    Waiting.patiently();
  }

  static final String IMAGE = "function.ebb.dev/default/hello@sha256:" + "a".repeat(64);
  static final Machine MACHINE =
      new Machine(
          "test-node",
          "amd64",
          "Linux",
          "6.1",
          "boot",
          "0.1.0",
          2,
          4L << 30,
          2L << 30,
          3L << 30,
          1000,
          100L << 30,
          50L << 30);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final TestingResources resources = new TestingResources(new BuiltInKinds());
  final FakeInstances instances = new FakeInstances();
  final FakeImages images = new FakeImages();
  final RecordingGateway gateway = new RecordingGateway();
  FakeScaler scaler = new FakeScaler(instances);
  final Set<PlatformPart> readyParts = EnumSet.allOf(PlatformPart.class);
  final List<String> deletedClaims = new CopyOnWriteArrayList<>();
  final TestAuthority authority = new TestAuthority(resources.clock());
  volatile PodUsage usage = PodUsage.NONE;
  final FunctionPackages packages;

  /// Called when a controller makes an object: it may wait.
  volatile Consumer<KindDefinition> beforeCreate = kind -> {};

  Controllers controllers;

  private final ClaimDirectory claims =
      new ClaimDirectory() {
        @Override
        public Path path(String namespace, String claim) {
          return Path.of("/claims", namespace, claim);
        }

        @Override
        public void delete(String namespace, String claim) {
          deletedClaims.add(namespace + "/" + claim);
        }
      };
  private final Resources seenByControllers;

  World(Path directory) {
    this(directory, 0);
  }

  /// @param failures how many writes of each kind fail first
  World(Path directory, int failures) {
    seenByControllers = new FlakyResources(resources, failures, kind -> beforeCreate.accept(kind));
    packages = new FunctionPackages(directory);
    controllers = newControllers();
  }

  void start() throws InterruptedException {
    controllers.start();
  }

  /// As after a crash of the server: the instances live on, everything in memory is new.
  void restart() throws InterruptedException {
    controllers.close();
    scaler = new FakeScaler(instances);
    controllers = newControllers();
    controllers.start();
  }

  /// A Service `hello` whose first revision is ready.
  void deployHello() {
    create(ServingKinds.SERVICE, service("hello", IMAGE));
    becomeReady("hello-00001");
    awaitReady(ServingKinds.SERVICE, "hello");
  }

  KubernetesObject create(KindDefinition kind, String json) {
    return resources.create(kind, parse(json), WriteOptions.by("test")).object();
  }

  /// Again when a controller wrote in between, for what it wrote must stay.
  void change(KindDefinition kind, String name, Consumer<ObjectNode> change) {
    while (true) {
      try {
        resources.update(kind, get(kind, name).with(change), WriteOptions.by("test"));
        return;
      } catch (ApiException refused) {
        if (!refused.isConflict()) {
          throw refused;
        }
      }
    }
  }

  void delete(KindDefinition kind, String name) {
    resources.delete(kind, key(name), DeleteOptions.background());
  }

  KubernetesObject get(KindDefinition kind, String name) {
    return resources.get(kind, key(name));
  }

  boolean exists(KindDefinition kind, String name) {
    return resources.find(kind, key(name)).isPresent();
  }

  Condition condition(KindDefinition kind, String name, String type) {
    return resources
        .find(kind, key(name))
        .flatMap(object -> Condition.of(object, type))
        .orElse(new Condition(type, Condition.Status.UNKNOWN, "", ""));
  }

  /// Ready as it is asked for now: the controllers may not have seen the newest change.
  void awaitReady(KindDefinition kind, String name) {
    await()
        .until(() ->
            resources
                .find(kind, key(name))
                .filter(object -> Condition.ready(object).isTrue())
                .filter(object ->
                    object.status().path("observedGeneration").asLong() == object.generation())
                .isPresent());
  }

  /// Lets the first starting instance of a revision become ready.
  void becomeReady(String revision) {
    Instance instance = awaitInstance(revision, Phase.STARTING);
    instances.ready(instance.id(), UnixDomainSocketAddress.of("/tmp/" + instance.id() + ".sock"));
  }

  Instance awaitInstance(String revision, Phase phase) {
    await().until(() -> !of(revision, phase).isEmpty());
    return of(revision, phase).getFirst();
  }

  ScalingPolicy policy(String revision) {
    return Objects.requireNonNull(scaler.policies().get(id(revision)), revision);
  }

  Workload workload(String revision) {
    return Objects.requireNonNull(instances.workloads().get(id(revision)), revision);
  }

  RequestLimits limits(String revision) {
    return Objects.requireNonNull(gateway.revisions().get(id(revision)), revision);
  }

  private List<Instance> of(String revision, Phase phase) {
    return instances.list().stream()
        .filter(one -> one.revision().equals(id(revision)) && one.phase() == phase)
        .toList();
  }

  @Override
  public void close() {
    controllers.close();
    resources.close();
  }

  static RevisionId id(String revision) {
    return new RevisionId("default", revision);
  }

  static ObjectKey key(String name) {
    return new ObjectKey("default", name);
  }

  static KubernetesObject parse(String json) {
    return new KubernetesObject((ObjectNode) JSON.readTree(json));
  }

  static String service(String name, String image) {
    return """
    {"apiVersion": "serving.knative.dev/v1", "kind": "Service",
     "metadata": {"name": "%s", "namespace": "default"},
     "spec": {"template": {"spec": {"containers": [{"image": "%s"}]}},
              "traffic": [{"latestRevision": true, "percent": 100}]}}
    """
        .formatted(name, image);
  }

  static void setEnvironment(ObjectNode service, String name, String value) {
    ((ObjectNode) service.at("/spec/template/spec/containers/0"))
        .putArray("env")
        .addObject()
        .put("name", name)
        .put("value", value);
  }

  private Controllers newControllers() {
    return new Controllers(
        seenByControllers,
        instances,
        gateway,
        scaler,
        packages,
        Optional.of(images),
        new ControllersConfig(
            () -> ":8080",
            () -> 8443,
            authority::issue,
            Map.of("python", "handler.py", "nodejs", "handler.js"),
            () -> MACHINE,
            readyParts::contains,
            claims,
            pods -> usage.of(pods),
            resources.clock()));
  }
}
