package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.node.dns.DnsRecord;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPolicies.Block;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.PortName;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.Protocol;
import dev.ebb.node.network.ServiceTable.Endpoint;
import dev.ebb.node.network.ServiceTable.Endpoints;
import dev.ebb.node.network.ServiceTable.ServicePort;
import dev.ebb.node.network.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class InstanceNamesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Inet4Address GATEWAY = ip("100.64.0.1");
  private static final Inet4Address VIRTUAL = ip("100.64.16.9");

  private static Inet4Address ip(String text) {
    return (Inet4Address) InetAddress.ofLiteral(text);
  }

  private static KubernetesObject object(String name, String rest) {
    return new KubernetesObject(
        (ObjectNode)
            JSON.readTree(
                "{'apiVersion':'v1','metadata':{'name':'%s','namespace':'a'%s"
                    .formatted(name, rest)
                    .replace('\'', '"')));
  }

  private static InstanceNames names(KubernetesObject service, KubernetesObject... endpoints) {
    return InstanceNames.of(
        service,
        Arrays.stream(endpoints).findFirst(),
        ignored -> Optional.of(VIRTUAL),
        List.of(new DnsRecord.Address(GATEWAY)));
  }

  private static final KubernetesObject ENDPOINTS =
      object(
          "db",
          "},'subsets':[{'addresses':[{'ip':'100.64.0.7','hostname':'db-0'},{'ip':'fd00::1'},"
              + "{'ip':'100.64.0.8'}],'ports':[{'name':'sql','port':5432},{'name':'web','port':8080}]}]}");

  @ParameterizedTest
  @CsvSource({"'', http, 8080", "web, web, 9090"})
  void openFaasGatewayIsEbbs(String present, String name, int port) {
    OpenFaasService found =
        OpenFaasService.of(
            present.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    object(
                        "gateway",
                        "},'spec':{'ports':[{'name':'%s','port':%d}]}}".formatted(present, port))),
            GATEWAY,
            18080);
    InstanceNames names = names(found.service(), found.endpoints());
    assertThat(names.records()).containsKey("_" + name + "._tcp." + nameOf(found.service()));
    assertThat(names.ports())
        .isEqualTo(
            Map.of(
                new ServicePort(VIRTUAL, Protocol.TCP, port),
                new Endpoints(List.of(new Endpoint(GATEWAY, 18080)), false)));
  }

  private static String nameOf(KubernetesObject service) {
    return service.name() + "." + service.namespace() + ".svc.cluster.local";
  }

  @Test
  void knativesServicesAreAtTheGateway() {
    var service =
        object(
            "hello",
            ",'ownerReferences':[{'apiVersion':'serving.knative.dev/v1','kind':'Route','name':'hello',"
                + "'uid':'1','controller':true}]},'spec':{'type':'ExternalName','externalName':'x'}}");
    assertThat(names(service).records())
        .isEqualTo(Map.of("hello.a.svc.cluster.local", List.of(new DnsRecord.Address(GATEWAY))));
  }

  @Test
  void aServiceLeadsFromItsVirtualAddressToItsEndpointsByTheNamesOfPorts() {
    var service =
        object(
            "db",
            "},'spec':{'sessionAffinity':'ClientIP','ports':[{'name':'sql','port':15432},"
                + "{'name':'none','port':1},{'name':'sctp','protocol':'SCTP','port':2}]}}");
    var names = names(service, ENDPOINTS);
    assertThat(names.ports())
        .isEqualTo(
            Map.of(
                new ServicePort(VIRTUAL, Protocol.TCP, 15432),
                new Endpoints(
                    List.of(
                        new Endpoint(ip("100.64.0.7"), 5432), new Endpoint(ip("100.64.0.8"), 5432)),
                    true),
                new ServicePort(VIRTUAL, Protocol.TCP, 1),
                new Endpoints(List.of(), true)));
    assertThat(names.records())
        .isEqualTo(
            Map.of(
                "db.a.svc.cluster.local",
                List.of(new DnsRecord.Address(VIRTUAL)),
                "_sql._tcp.db.a.svc.cluster.local",
                List.of(new DnsRecord.Service(15432, "db.a.svc.cluster.local")),
                "_none._tcp.db.a.svc.cluster.local",
                List.of(new DnsRecord.Service(1, "db.a.svc.cluster.local")),
                "_sctp._sctp.db.a.svc.cluster.local",
                List.of(new DnsRecord.Service(2, "db.a.svc.cluster.local"))));
  }

  @Test
  void aHeadlessServiceIsItsEndpointsAndAnExternalNameIsAnother() {
    var first = new DnsRecord.Address(ip("100.64.0.7"));
    var second = new DnsRecord.Address(ip("100.64.0.8"));
    assertThat(names(object("db", "},'spec':{'clusterIP':'None'}}"), ENDPOINTS).records())
        .isEqualTo(
            Map.of(
                "db.a.svc.cluster.local",
                List.of(first, second),
                "db-0.db.a.svc.cluster.local",
                List.of(first)));
    assertThat(
            names(object("out", "},'spec':{'type':'ExternalName','externalName':'b.example'}}"))
                .records())
        .isEqualTo(Map.of("out.a.svc.cluster.local", List.of(new DnsRecord.Alias("b.example"))));
  }

  @Test
  void policiesAreReadAndWhatCannotBeToldOpensNothing() {
    var policies =
        InstancePolicies.of(
            List.of(
                object("egress", "},'spec':{'podSelector':{},'policyTypes':['Egress']}}"),
                object(
                    "p",
                    "},'spec':{'podSelector':{'matchLabels':{'app':'web'}},'ingress':["
                        + "{'from':[{'namespaceSelector':{},'podSelector':{'matchLabels':{'x':'y'}}},"
                        + "{'ipBlock':{'cidr':'10.2.3.4/8','except':['10.1.0.0/16']}}],"
                        + "'ports':[{'port':80,'endPort':90},{'protocol':'UDP'}]},"
                        + "{'ports':[{'port':'named'}]},{'from':[{'ipBlock':{'cidr':'fd00::/8'}}]},"
                        + "{}]}}")),
            List.of());
    assertThat(policies.policies()).hasSize(2);
    assertThat(policies.policies().getFirst().ingress()).as("not about it").isEmpty();
    assertThat(policies.policies().getFirst().egress())
        .as("nothing is reached")
        .contains(List.of());
    NetworkPolicies.Policy policy = policies.policies().getLast();
    assertThat(policy.egress()).isEmpty();
    List<NetworkPolicies.Rule> rules = policy.ingress().orElseThrow();
    assertThat(policy.pods().test(Map.of("app", "web"))).isTrue();
    assertThat(policy.pods().test(Map.of())).isFalse();
    assertThat(rules).hasSize(3);
    var rule = rules.getFirst();
    assertThat(rule.ports())
        .containsExactly(new Ports(Protocol.TCP, 80, 90), Ports.all(Protocol.UDP));
    assertThat(rule.peers().get(1))
        .isEqualTo(new Block(Subnet.parse("10.0.0.0/8"), List.of(Subnet.parse("10.1.0.0/16"))));
    assertThat(((Pods) rule.peers().getFirst()).namespaces()).isPresent();
    assertThat(rules.get(1).ports()).containsExactly(new PortName(Protocol.TCP, "named"));
    assertThat(rules.get(2).peers()).as("everybody").isEmpty();
  }

  @Test
  void thePoliciesOfTheSameObjectsAreEqual() {
    String text =
        "},'spec':{'podSelector':{'matchExpressions':[{'key':'a','operator':'In','values':['b']}]},"
            + "'policyTypes':['Ingress','Egress'],'egress':[{'to':[{'podSelector':{}}]}]}}";
    NetworkPolicies one =
        InstancePolicies.of(List.of(object("p", text), object("q", text)), List.of());
    NetworkPolicies other =
        InstancePolicies.of(List.of(object("q", text), object("p", text)), List.of());
    assertThat(one).isEqualTo(other);
    assertThat(InstancePolicies.of(List.of(object("p", text)), List.of())).isNotEqualTo(one);
  }

  @Test
  void aBlockWithAnExceptionThatCannotBeToldOpensNothing() {
    var policies =
        InstancePolicies.of(
            List.of(
                object(
                    "p",
                    "},'spec':{'ingress':[{'from':[{'ipBlock':"
                        + "{'cidr':'10.0.0.0/8','except':['fd00::/8']}}]}]}}")),
            List.of());
    assertThat(policies.policies().getFirst().ingress()).contains(List.of());
  }
}
