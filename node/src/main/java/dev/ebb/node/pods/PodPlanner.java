package dev.ebb.node.pods;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Container.Probes;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Probe;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.images.containers.ContainerImage;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.images.containers.ImageConfig;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.node.InstanceNames;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.volumes.ApiAccessVolume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Works out the [PodPlan] of a workload: opens its images, pulling what is not here, and puts
/// together what image and workload say. Thread-safe; blocks.
public final class PodPlanner {
  /// Of a program that is told none (Knative's runtime contract).
  static final int DEFAULT_PORT = 8080;

  /// Connects as often as it likes until the port is open (Knative's default readiness probe).
  private static final Probe LISTENS =
      new Probe(
          new Probe.TcpSocket("", 0), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), 1, 3);

  private final ContainerImages images;
  private final Functions functions;
  private final ReferenceResolver resolver;
  private final ApiAccess access;
  private final long unlimited;

  /// @param unlimited bytes that a Pod counts for that says nothing
  public PodPlanner(
      ContainerImages images,
      Functions functions,
      ReferenceResolver resolver,
      ApiAccess access,
      long unlimited) {
    this.images = images;
    this.functions = functions;
    this.resolver = resolver;
    this.access = access;
    this.unlimited = unlimited;
  }

  /// @throws StartRefusedException with the kubelet's reasons when an image cannot be had, or does
  ///   not say what to run
  public PodPlan plan(Workload asked) {
    var user = new ImageUser(asked.revision().namespace(), asked.pod().serviceAccount());
    requireAccount(asked, user);
    Workload workload = withApiAccess(asked);
    PodSpec pod = workload.pod();
    PullCredentials credentials = credentials(pod, user);
    var opened = new ArrayList<ContainerImage>();
    try {
      var containers = new ArrayList<ContainerPlan>();
      for (Container one : pod.initContainers()) {
        containers.add(plan(workload, one, true, user, credentials, opened));
      }
      for (Container one : pod.containers()) {
        containers.add(plan(workload, one, false, user, credentials, opened));
      }
      return new PodPlan(
          workload,
          containers,
          port(workload),
          InstanceNames.hash(
              PodIdentity.of(workload, containers.stream().map(ContainerPlan::identity).toList())),
          ContainerSpecs.reservation(pod, unlimited),
          new ImageLease(opened.stream().map(ContainerImage::hold).toList()));
    } catch (RuntimeException e) {
      opened.forEach(ContainerImage::close);
      throw e;
    }
  }

  /// On a cluster the API server refuses a Pod whose ServiceAccount is not there, and the
  /// ReplicaSet tells it so. Pods of users exist already when they come here.
  private void requireAccount(Workload workload, ImageUser user) {
    if (isServed(workload) && !resolver.hasAccount(user.namespace(), user.serviceAccount())) {
      throw new StartRefusedException(
          "FailedCreate",
          "pods \"%1$s-deployment-\" is forbidden: error looking up service account %2$s/%3$s: serviceaccount \"%3$s\" not found"
              .formatted(workload.revision().name(), user.namespace(), user.serviceAccount()),
          true);
    }
  }

  private ContainerPlan plan(
      Workload workload,
      Container one,
      boolean init,
      ImageUser user,
      PullCredentials credentials,
      List<ContainerImage> opened) {
    Optional<FunctionImage> function = FunctionImage.parse(one.image());
    return function.isPresent()
        ? plan(workload, one, init, functions.open(workload, one, function.get()))
        : plan(workload, one, init, open(one, user, credentials, opened));
  }

  /// Only what a gateway sends requests to has a socket; all others reach a function at its port.
  private static ContainerPlan plan(
      Workload workload, Container container, boolean init, FunctionImageConfig config) {
    boolean served = container.equals(workload.container()) && isServed(workload);
    var contract = new LinkedHashMap<String, String>();
    if (isServed(workload)) {
      contract.putAll(contract(workload, container, served));
    }
    contract.putAll(config.contract());
    var environment = new LinkedHashMap<>(config.environment());
    if (!served) {
      contract.remove("PORT");
      environment.put("PORT", Integer.toString(ownPort(workload, container)));
    }
    return new ContainerPlan(
        FunctionContainer.confined(served ? withDefaultProbe(container) : container),
        init,
        new Root.Host(),
        config.command(),
        environment,
        contract,
        container.workingDirectory().isEmpty()
            ? FunctionImageConfig.HOME
            : directory(container, ""),
        new ContainerUser(FunctionImageConfig.USER + ":" + FunctionImageConfig.USER),
        StopSignal.SIGTERM,
        container.image(),
        Optional.of(
            new FunctionPart(config.mounts(), served, identity(config), config.preparation())));
  }

  /// Two of a Pod cannot listen at one port, and a Knative Service has no field to choose it in.
  private static int ownPort(Workload workload, Container container) {
    int place = Math.max(0, workload.pod().containers().indexOf(container));
    return container.port() == 0 ? DEFAULT_PORT + place : container.port();
  }

  private static String identity(FunctionImageConfig config) {
    return config.command() + new TreeMap<>(config.contract()).toString() + config.fingerprint();
  }

  private Workload withApiAccess(Workload workload) {
    PodSpec pod = workload.pod();
    return workload.withPod(
        ApiAccessVolume.in(
            pod, access.automounts(workload.revision().namespace(), pod.serviceAccount())));
  }

  /// Pods that stand alone may be workers; what a Knative Service runs answers requests.
  private static int port(Workload workload) {
    int port = workload.container().port();
    return port == 0 && isServed(workload) ? DEFAULT_PORT : port;
  }

  private static boolean isServed(Workload workload) {
    return !workload.service().isEmpty();
  }

  private ContainerImage open(
      Container container,
      ImageUser user,
      PullCredentials credentials,
      List<ContainerImage> opened) {
    try {
      var reference = ImageReference.parse(container.image());
      images.require(reference, user);
      if (container.pullPolicy() == Container.PullPolicy.NEVER && !images.isReady(reference)) {
        throw new StartRefusedException(
            "ErrImageNeverPull",
            "Container image \"%s\" is not present with pull policy of Never"
                .formatted(container.image()),
            true);
      }
      var image = images.open(reference, credentials);
      opened.add(image);
      return image;
    } catch (ImageException e) {
      throw ImageErrors.refused(container.image(), e);
    }
  }

  private PullCredentials credentials(PodSpec pod, ImageUser user) {
    var names = new LinkedHashSet<>(pod.imagePullSecrets());
    names.addAll(resolver.pullSecrets(user.namespace(), user.serviceAccount()));
    PullCredentials all = PullCredentials.none();
    for (String name : names) {
      Optional<Map<String, byte[]>> secret = resolver.secret(user.namespace(), name);
      // One that is missing is no error: the image may be had without it (the kubelet's rule).
      if (secret.isPresent()) {
        String type =
            secret.get().containsKey(".dockercfg")
                ? "kubernetes.io/dockercfg"
                : "kubernetes.io/dockerconfigjson";
        all = all.and(PullCredentials.ofSecret(type, secret.get()));
      }
    }
    return all;
  }

  private static ContainerPlan plan(
      Workload workload, Container container, boolean init, ContainerImage image) {
    ImageConfig config = image.config();
    List<String> command =
        Commands.of(container.command(), container.args(), config.entrypoint(), config.command());
    if (command.isEmpty()) {
      throw StartRefusedException.lasting(
          "CreateContainerError",
          "container \"%s\": no command specified, by the image or the container"
              .formatted(container.name()));
    }
    boolean main = container.equals(workload.container());
    return new ContainerPlan(
        main && isServed(workload) ? withDefaultProbe(container) : container,
        init,
        new Root.Layers(image.layers(), Root.Writable.DISK),
        command,
        environment(config),
        isServed(workload) ? contract(workload, container, main) : Map.of(),
        directory(container, config.workingDirectory()),
        new ContainerUser(config.user()),
        config.stopSignal().isEmpty() ? StopSignal.SIGTERM : StopSignal.parse(config.stopSignal()),
        (image.reference().name() + "@" + image.digest()).intern(),
        Optional.empty());
  }

  private static Container withDefaultProbe(Container container) {
    Probes probes = container.probes();
    return probes.readiness().isPresent()
        ? container
        : container
            .edit()
            .probes(new Probes(probes.startup(), Optional.of(LISTENS), probes.liveness()))
            .build();
  }

  private static Map<String, String> environment(ImageConfig config) {
    var variables = new LinkedHashMap<String, String>();
    for (String variable : config.environment()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return variables;
  }

  /// `PORT` is for the container that takes the requests, the names are for all.
  private static Map<String, String> contract(
      Workload workload, Container container, boolean main) {
    var contract = new LinkedHashMap<String, String>();
    if (main) {
      contract.put(
          "PORT", Integer.toString(container.port() == 0 ? DEFAULT_PORT : container.port()));
    }
    contract.put("K_SERVICE", workload.service());
    contract.put("K_CONFIGURATION", workload.configuration());
    contract.put("K_REVISION", workload.revision().name());
    return contract;
  }

  private static String directory(Container container, String ofImage) {
    String directory =
        container.workingDirectory().isEmpty() ? ofImage : container.workingDirectory();
    return directory.startsWith("/") ? directory : "/" + directory;
  }
}
