package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Every kind that manifests carry, with the oldest and the newest kubectl.
class KubernetesKindsTest {
  private static final List<String> SHOWN =
      List.of(
          "pods|NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES",
          "services|NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\\(S\\) +AGE +SELECTOR",
          "deployments|NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR",
          "statefulsets|db +0/3 +\\S+ +db +example.com/db:1",
          "daemonsets|agent +0 +0 +0 +0 +0 +disk=ssd +\\S+ +agent +example.com/agent:1 +app=agent",
          "replicasets|web +0 +0 +0 +\\S+ +web +example.com/web:1 +app in \\(web,web2\\)",
          "replicationcontrollers|old +0 +0 +0 +\\S+ +web +example.com/web +app=old",
          "controllerrevisions|db-1 +<none> +1 +\\S+",
          "jobs|once +Running +0/2 +\\S+ +job +example.com/job:1 +\\S+",
          "cronjobs|nightly +0 3 \\* \\* \\* +Etc/UTC +False +0 +<none> +\\S+ +job +\\S+ +<none>",
          "hpa|web +Deployment/web +cpu: <unknown>/60%, <unknown>/1k +1 +5 +0 +\\S+",
          "pdb|web +50% +N/A +0 +\\S+",
          "ingresses|web +ebb +a.example.com +80, 443 +\\S+",
          "ingressclasses|ebb +ebb.dev/gateway +Gateway.ebb.dev/main +\\S+",
          "networkpolicies|closed +app=web +\\S+",
          "leases|leader +me +\\S+",
          "endpointslices|web-1 +IPv4 +80 +10.0.0.1 +\\S+",
          "pv|disk +5Gi +RWO,ROX +Retain +Pending +fast +<unset> +\\S+ +Filesystem",
          "pvc|data +Pending +fast +<unset> +\\S+ +Filesystem",
          "sc|fast \\(default\\) +ebb.dev/local +Delete +Immediate +false +\\S+",
          "csidrivers|csi.example.com +true +true +false +<unset> +false +Ephemeral +\\S+",
          "priorityclasses|high +1000 +false +\\S+ *\\S*",
          "runtimeclasses|gvisor +runsc +\\S+",
          "mutatingwebhookconfigurations|hooks +1 +\\S+",
          "validatingadmissionpolicies|policy +1 +<unset> +\\S+",
          "validatingadmissionpolicybindings|policy +policy +<unset> +\\S+",
          "apiservices|v1beta1.metrics.k8s.io +kube-system/metrics-server +Unknown +\\S+",
          "nodes|machine +Unknown +control-plane +\\S+ +<none> +<none> +<unknown> +<unknown> +<unknown>",
          "limitranges|NAME +CREATED AT",
          "podtemplates|template +web +example.com/web +app=web");

  private static final String GENERATIONS = "jsonpath={.items[*].metadata.generation}";

  private TestServer server;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    server = new TestServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  static List<String> programs() {
    return Kubectl.ages();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void eachKindIsAppliedStrictlyShownAndExplained(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String manifest = manifest("kinds.yaml");
    // Old clients know no word for it; they are always strict.
    String validation = program.endsWith("oldest") ? "--validate=true" : "--validate=strict";
    Kubectl.Result applied = kubectl.runWithInput(manifest, "apply", validation, "-f", "-");
    assertThat(applied.err()).isEmpty();
    assertThat(applied.out().lines().count()).isEqualTo(manifest.split("\n---\n").length);
    assertThat(applied.out().lines()).allMatch(line -> line.endsWith(" created"));

    Kubectl.Result again = kubectl.runWithInput(manifest, "apply", validation, "-f", "-");
    assertThat(again.err()).isEmpty();
    // "configured" where a list that is one whole has defaults inside, as with Kubernetes.
    assertThat(again.out()).contains("deployment.apps/web unchanged", "service/web unchanged");
    assertThat(kubectl.out("get", "pods,sts,pdb,netpol,ing,jobs", "-o", GENERATIONS).split(" "))
        .hasSize(6)
        .containsOnly("1");

    List<String> kinds = SHOWN.stream().map(row -> row.substring(0, row.indexOf('|'))).toList();
    // One table for each kind, in their order, in which each name begins with its kind.
    List<String> tables =
        List.of(kubectl.out("get", String.join(",", kinds), "-o", "wide").split("\n\n"));
    assertThat(tables).hasSameSizeAs(kinds);
    for (int i = 0; i < tables.size(); i++) {
      String kind = kinds.get(i);
      assertThat(tables.get(i))
          .as(kind)
          .containsPattern(
              "(?m)^([a-z0-9.]+/)?" + SHOWN.get(i).substring(kind.length() + 1) + " *$");
    }
    assertThat(kubectl.out("explain", "pod.spec.containers", "--recursive"))
        .contains("failureThreshold", "seccompProfile", "resizePolicy", "mountPropagation");
    assertThat(kubectl.out("explain", "cronjob.spec.jobTemplate.spec.template.spec.volumes.csi"))
        .contains("volumeAttributes");
    assertThat(kubectl.out("explain", "deployment.spec.strategy"))
        .contains("Recreate or RollingUpdate");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void versionsThatAreGoneElsewhereAreTakenAndWarnedOf(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    Kubectl.Result applied =
        kubectl.runWithInput(manifest("old-kinds.yaml"), "apply", "--validate=true", "-f", "-");
    assertThat(applied.exitCode()).as(applied.err()).isZero();
    assertThat(applied.err())
        .contains(
            "Warning: extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+;"
                + " use networking.k8s.io/v1 Ingress",
            "Warning: batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use"
                + " batch/v1 CronJob");
    assertThat(kubectl.out("get", "ing").lines()).hasSize(3);
    assertThat(kubectl.out("get", "ingresses.v1.networking.k8s.io", "old", "-o", "yaml"))
        .contains("apiVersion: networking.k8s.io/v1\n", "number: 80", "ImplementationSpecific");
    assertThat(kubectl.out("get", "deploy").lines()).hasSize(3);
    assertThat(kubectl.out("get", "deployments.v1.apps", "old", "-o", "jsonpath={.spec.selector}"))
        .isEqualTo("{\"matchLabels\":{\"app\":\"old\"}}");
    for (String name : List.of("deploy", "rs", "ds", "ing", "cj", "pdb")) {
      assertThat(kubectl.run("get", name).err()).as(name).doesNotContain("could also match");
    }
    assertThat(kubectl.out("get", "cronjob,pdb", "-o", "jsonpath={.items[*].apiVersion}"))
        .isEqualTo("batch/v1 policy/v1");
    assertThat(kubectl.out("get", "hpa")).contains("/50%");
    assertThat(
            kubectl.out(
                "get",
                "horizontalpodautoscalers.v1.autoscaling",
                "old",
                "-o",
                "jsonpath={.spec.targetCPUUtilizationPercentage}"))
        .isEqualTo("50");
    assertThat(kubectl.out("get", "events", "--field-selector", "involvedObject.name=web"))
        .contains("all is well");
  }

  @Test
  void whatIsCreatedInProtobufIsWhatItWouldBeInJson() throws Exception {
    Kubectl kubectl = kubectl(Kubectl.ages().getFirst());
    List<String> names = new ArrayList<>();
    ObjectNode inJson = (ObjectNode) read("{\"apiVersion\": \"v1\", \"kind\": \"List\"}");
    for (String command :
        List.of(
            "deployment web --image=example.com/web --replicas=2 --port=80",
            "job once --image=example.com/job -- date",
            "cronjob nightly --image=example.com/job --schedule=@daily --restart=Never",
            "ingress web --class=c --rule=a.example.com/*=web:http,tls=t --default-backend=web:80",
            "service clusterip web --tcp=80:8080 --tcp=81:http",
            "service nodeport np --tcp=80 --node-port=30000",
            "service externalname alias --external-name=example.com",
            "role reader --verb=get,list --resource=pods,deployments.apps",
            "rolebinding reader --role=reader --user=u --group=g --serviceaccount=default:s",
            "clusterrole reader --verb=get --non-resource-url=/healthz",
            "clusterrolebinding reader --clusterrole=reader --user=u",
            "poddisruptionbudget web --selector=app=web --min-available=50%",
            "priorityclass high --value=1000 --preemption-policy=Never --description=d",
            "quota q --hard=cpu=1,memory=1Gi --scopes=BestEffort",
            "configmap c --from-literal=a=b",
            "secret generic s --from-literal=a=b",
            "secret docker-registry r --docker-username=u --docker-password=p",
            "serviceaccount robot")) {
      String[] create = ("create " + command).split(" ");
      int end = List.of(create).contains("--") ? List.of(create).indexOf("--") : create.length;
      JsonNode dry = read(kubectl.out(with(create, end, "--dry-run=client", "-o", "json")));
      kubectl.out(create);
      names.add(
          "%s.%s/%s"
              .formatted(
                  dry.path("kind").asString(),
                  group(dry),
                  dry.path("metadata").path("name").asString()));
      inJson.withArray("items").add(dry);
    }
    List<ObjectNode> fromProtobuf = get(kubectl, names);
    kubectl.out(with(new String[] {"delete"}, 1, names.toArray(String[]::new)));
    Kubectl.Result replaced = kubectl.runWithInput(inJson.toString(), "create", "-f", "-");
    assertThat(replaced.err()).isEmpty();
    List<ObjectNode> fromJson = get(kubectl, names);
    assertThat(fromProtobuf).hasSameSizeAs(names);
    for (int i = 0; i < names.size(); i++) {
      assertThat(fromProtobuf.get(i)).as(names.get(i)).isEqualTo(fromJson.get(i));
    }
    kubectl.out("create", "deployment", "scaled", "--image=example.com/web");
    kubectl.out("autoscale", "deployment", "scaled", "--max=3", "--cpu=50%");
    assertThat(kubectl.out("get", "hpa", "scaled")).contains("cpu: <unknown>/50%");
  }

  private static String[] with(String[] words, int at, String... more) {
    String[] all = new String[words.length + more.length];
    System.arraycopy(words, 0, all, 0, at);
    System.arraycopy(more, 0, all, at, more.length);
    System.arraycopy(words, at, all, at + more.length, words.length - at);
    return all;
  }

  private static String group(JsonNode object) {
    String apiVersion = object.path("apiVersion").asString();
    int slash = apiVersion.indexOf('/');
    return slash < 0
        ? apiVersion + "."
        : apiVersion.substring(slash + 1) + "." + apiVersion.substring(0, slash);
  }

  private static JsonNode read(String json) {
    return JsonText.read(json.getBytes(StandardCharsets.UTF_8));
  }

  /// In the order of their names; without what differs from object to object, and what Go writes
  /// although it says nothing.
  private static List<ObjectNode> get(Kubectl kubectl, List<String> names) throws Exception {
    String[] command = with(new String[] {"get"}, 1, names.toArray(String[]::new));
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item :
        read(kubectl.out(with(command, command.length, "-o", "json"))).path("items")) {
      ObjectNode object = (ObjectNode) item;
      object
          .withObjectProperty("metadata")
          .remove(List.of("uid", "resourceVersion", "creationTimestamp", "managedFields"));
      strip(object);
      objects.add(object);
    }
    return objects;
  }

  private static void strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().forEach(field -> strip(field.getValue()));
      object
          .properties()
          .removeIf(field ->
              field.getValue().isNull()
                  || (field.getValue().isObject() && field.getValue().isEmpty())
                  || field.getKey().endsWith("controller-uid"));
    } else if (node.isArray()) {
      node.forEach(KubernetesKindsTest::strip);
    }
  }

  private Kubectl kubectl(String program) throws IOException {
    return new Kubectl(program, server.directory.resolve("home"), server.config.kubeconfig());
  }

  private static String manifest(String file) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(KubernetesKindsTest.class.getResourceAsStream(file))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
