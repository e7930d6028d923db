package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.e2e.SharedPlatform.Shared;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// kubectl in a container, which finds the API and speaks to it as the ServiceAccount of its Pod.
@ExtendWith(SharedPlatform.class)
class ServiceAccountAccessTest {
  private static final String NAMESPACE = "access";
  private static final String DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

  private static final String IMAGE =
      """
      set -eu
      mkdir -p asker/bin asker/tmp
      cp "$(command -v busybox)" asker/bin/busybox
      for name in sh cat sleep ls; do ln -s busybox asker/bin/$name; done
      cp "$1" asker/bin/kubectl
      tool() { command=$1; shift; buildah --root "$PWD/ab" --runroot "$PWD/ar" --storage-driver vfs $command "$@"; }
      container=$(tool from scratch)
      tool copy -q "$container" asker /
      tool commit -q --disable-compression "$container" oci-archive:asker.tar:example.com/asker:v1
      tool rm "$container"
      """;

  private static final String PODS =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: reader, namespace: access}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: asker, namespace: access}
      spec:
        serviceAccountName: reader
        terminationGracePeriodSeconds: 1
        containers:
        - name: asker
          image: example.com/asker:v1
          command: [sleep, '1000']
          env: [{name: WHERE, value: $(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT_HTTPS)}]
          volumeMounts: [{name: vault, mountPath: /vault}]
        volumes:
        - name: vault
          projected:
            sources:
            - serviceAccountToken: {audience: vault, expirationSeconds: 600, path: deep/token}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: silent, namespace: access}
      spec:
        automountServiceAccountToken: false
        terminationGracePeriodSeconds: 1
        containers: [{name: silent, image: 'example.com/asker:v1', command: [sleep, '1000']}]
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: mute, namespace: access}
      automountServiceAccountToken: false
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: mute, namespace: access}
      spec:
        serviceAccountName: mute
        terminationGracePeriodSeconds: 1
        containers: [{name: mute, image: 'example.com/asker:v1', command: [sleep, '1000']}]
      """;

  private static Platform platform;

  @BeforeAll
  static void start(Shared shared) {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    platform = shared.platform();
    platform.write("asker.sh", IMAGE);
    platform.command("sh", "asker.sh", Platform.TOOLS.resolve("kubectl").toString()).run().orFail();
    platform.ebb("image", "load", "asker.tar", "--name", "example.com/asker:v1").run().orFail();
    shared.namespace(NAMESPACE);
    platform.write("askers.yaml", PODS);
    kubectl("apply", "-f", "askers.yaml").orFail();
    kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s").orFail();
  }

  private static Command.Result kubectl(String... words) {
    var all = new ArrayList<>(List.of("-n", NAMESPACE));
    all.addAll(List.of(words));
    return platform.kubectl(all.toArray(String[]::new)).run();
  }

  private static Command.Result inside(String... words) {
    var all = new ArrayList<>(List.of("exec", "asker", "--"));
    all.addAll(List.of(words));
    return kubectl(all.toArray(String[]::new));
  }

  @Test
  void aProgramSpeaksToTheApiWithTheRightsOfItsServiceAccountOnly() {
    assertThat(inside("kubectl", "get", "pods").err())
        .contains(
            "pods is forbidden: User \"system:serviceaccount:access:reader\" cannot list resource"
                + " \"pods\" in API group \"\" in the namespace \"access\"");
    kubectl("create", "rolebinding", "look", "--clusterrole=view", "--serviceaccount=access:reader")
        .orFail();
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(inside("kubectl", "get", "pods", "-o", "name").out()).contains("pod/asker"));
    assertThat(inside("kubectl", "get", "pods", "-n", "kube-system").err()).contains("Forbidden");
    assertThat(
            inside(
                    "kubectl",
                    "--server=https://kubernetes.default.svc",
                    "--certificate-authority=" + DIRECTORY + "/ca.crt",
                    "--token=" + inside("cat", DIRECTORY + "/token").orFail().out(),
                    "get",
                    "pod/asker",
                    "-o",
                    "name")
                .orFail()
                .out())
        .isEqualTo("pod/asker\n");
  }

  @Test
  void theFilesAndVariablesAreThoseOfAKubelet() {
    assertThat(inside("ls", DIRECTORY).orFail().out()).isEqualTo("ca.crt\nnamespace\ntoken\n");
    assertThat(inside("cat", DIRECTORY + "/namespace").orFail().out()).isEqualTo(NAMESPACE);
    assertThat(inside("sh", "-c", "echo $WHERE $KUBERNETES_PORT").orFail().out())
        .matches("(\\S+):443 tcp://\\1:443\n");
    String claims = claims(inside("cat", "/vault/deep/token").orFail().out());
    String uid = kubectl("get", "pod", "asker", "-o", "jsonpath={.metadata.uid}").orFail().out();
    assertThat(claims)
        .contains("\"aud\":[\"vault\"]")
        .contains("\"pod\":{\"name\":\"asker\",\"uid\":\"" + uid + "\"}")
        .contains("\"sub\":\"system:serviceaccount:access:reader\"");
  }

  private static String claims(String token) {
    return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
  }

  @Test
  void podOrServiceAccountMaySayNo() {
    for (String pod : List.of("silent", "mute")) {
      assertThat(kubectl("exec", pod, "--", "ls", DIRECTORY).err())
          .as(pod)
          .contains("No such file or directory");
    }
  }

  @Test
  void aTokenEndsWithItsPod() {
    String pod =
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "brief"},
         "spec": {"terminationGracePeriodSeconds": 1, "containers":
           [{"name": "brief", "image": "example.com/asker:v1", "command": ["sleep", "1000"]}]}}
        """;
    platform.write("brief.json", pod);
    kubectl("apply", "-f", "brief.json").orFail();
    kubectl("wait", "--for=condition=Ready", "pod/brief", "--timeout=60s").orFail();
    String token = kubectl("exec", "brief", "--", "cat", DIRECTORY + "/token").orFail().out();
    assertThat(review(token)).contains("\"authenticated\": true").contains("\"brief\"");
    kubectl("delete", "pod", "brief").orFail();
    Awaitility.await()
        .untilAsserted(() -> assertThat(review(token)).doesNotContain("\"authenticated\": true"));
  }

  private static String review(String token) {
    platform.write(
        "review.json",
        """
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "%s"}}
        """
            .formatted(token));
    return kubectl("create", "-f", "review.json", "-o", "json").orFail().out();
  }
}
