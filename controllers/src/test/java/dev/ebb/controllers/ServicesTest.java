package dev.ebb.controllers;

import static dev.ebb.kinds.core.CoreKinds.ENDPOINTS;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static dev.ebb.kinds.core.CoreKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.GatewayControl.Entrance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;

/// Services of users and of revisions: their endpoints and their ports.
class ServicesTest extends WorldTest {
  @Test
  void aServiceOfTypeNodePortGetsANumberThatIsItsOwn() {
    for (String name : List.of("one", "two", "three")) {
      world.create(SERVICE, service("default", name, "NodePort", "{\"port\": 80}"));
    }
    await()
        .until(() ->
            List.of("one", "two", "three").stream()
                    .map(this::nodePort)
                    .filter(port -> port >= 30000 && port <= 32767)
                    .distinct()
                    .count()
                == 3);
    world.create(SERVICE, service("default", "plain", "ClusterIP", "{\"port\": 80}"));
    await().until(() -> world.exists(ENDPOINTS, "plain"));
    assertThat(nodePort("plain")).isZero();
  }

  @Test
  void theGatewayAnswersAtThePortsOfKnativesIngresses() {
    world.create(
        CoreKinds.NAMESPACE,
        "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"kourier-system\"}}");
    world.create(
        SERVICE,
        service(
            "kourier-system",
            "kourier",
            "NodePort",
            "{\"port\": 80, \"nodePort\": 31080, \"name\": \"http2\"},"
                + "{\"port\": 443, \"nodePort\": 31443, \"name\": \"https\"}"));
    world.create(
        SERVICE, service("default", "other", "NodePort", "{\"port\": 80, \"nodePort\": 31081}"));
    await()
        .until(() ->
            world.gateway.ports().equals(Map.of(31080, Entrance.HTTP, 31443, Entrance.HTTPS)));

    world.resources.delete(
        SERVICE, new ObjectKey("kourier-system", "kourier"), DeleteOptions.background());
    await().until(() -> world.gateway.ports().isEmpty());
  }

  @Test
  void theServiceOfARevisionHasItsInstancesAsEndpoints() {
    world.deployHello();
    String pod = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await()
        .until(() ->
            world.exists(ENDPOINTS, "hello-00001")
                && world
                    .get(ENDPOINTS, "hello-00001")
                    .json()
                    .at("/subsets/0/addresses/0/targetRef/name")
                    .asString("")
                    .equals(pod));
    await()
        .untilAsserted(() ->
            assertThat(
                    world
                        .resources
                        .list(
                            NetworkKinds.ENDPOINT_SLICE,
                            ListQuery.in("default")
                                .withLabels("kubernetes.io/service-name=hello-00001"))
                        .items())
                .singleElement()
                .satisfies(slice ->
                    assertThat(slice.json().at("/endpoints/0/conditions/ready").asBoolean(false))
                        .isTrue()));

    world.scaler.decide(World.id("hello-00001"), 0);
    await().until(() -> world.get(ENDPOINTS, "hello-00001").json().path("subsets").isEmpty());
  }

  @Test
  void whatSomebodyWritesIntoEndpointsIsPutRight() {
    world.create(SERVICE, service("default", "web", "ClusterIP", "{\"port\": 80}"));
    for (KindDefinition kind : List.of(ENDPOINTS, NetworkKinds.ENDPOINT_SLICE)) {
      String list = kind.equals(ENDPOINTS) ? "subsets" : "endpoints";
      await().until(() -> !world.resources.list(kind, ofWeb(kind)).items().isEmpty());
      String name = world.resources.list(kind, ofWeb(kind)).items().getFirst().name();
      world.change(
          kind,
          name,
          json -> {
            ArrayNode addresses = json.putArray(list).addObject().putArray("addresses");
            if (kind.equals(ENDPOINTS)) {
              addresses.addObject().put("ip", "10.0.0.9");
            } else {
              addresses.add("10.0.0.9");
            }
          });
      await().until(() -> world.get(kind, name).json().path(list).isEmpty());
    }
  }

  private static ListQuery ofWeb(KindDefinition kind) {
    return kind.equals(ENDPOINTS)
        ? ListQuery.in("default")
        : ListQuery.in("default").withLabels("kubernetes.io/service-name=web");
  }

  @Test
  void aPodThatNothingRunsIsNoEndpoint() {
    world.create(SERVICE, service("default", "web", "ClusterIP", "{\"port\": 80}"));
    world.create(
        POD,
        """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": "web", "namespace": "default", "labels": {"app": "web"}},
         "spec": {"containers": [{"name": "a", "image": "nginx"}]}}
        """);
    await().until(() -> world.exists(ENDPOINTS, "web"));
    await().until(() -> world.get(POD, "web").status().has("phase"));
    assertThat(world.get(ENDPOINTS, "web").json().path("subsets").isEmpty()).isTrue();
  }

  private int nodePort(String service) {
    return world.get(SERVICE, service).spec().at("/ports/0/nodePort").asInt(0);
  }

  private static String service(String namespace, String name, String type, String ports) {
    return """
    {"apiVersion": "v1", "kind": "Service",
     "metadata": {"name": "%2$s", "namespace": "%1$s"},
     "spec": {"type": "%3$s", "selector": {"app": "%2$s"}, "ports": [%4$s]}}
    """
        .formatted(namespace, name, type, ports);
  }
}
