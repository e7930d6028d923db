package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// kubectl in the containers of a Pod: exec, cp, logs, port-forward.
class ContainerStreamsTest {
  private static final String IMAGE =
      """
      set -eu
      mkdir -p root/bin root/tmp root/www
      cp "$(command -v busybox)" root/bin/busybox
      for name in sh cat echo sleep tar httpd ls test stty; do ln -s busybox root/bin/$name; done
      echo 'hello from inside' > root/www/index.html
      container=$(buildah --root "$PWD/b" --runroot "$PWD/r" --storage-driver vfs from scratch)
      buildah --root "$PWD/b" --runroot "$PWD/r" --storage-driver vfs copy -q "$container" root /
      buildah --root "$PWD/b" --runroot "$PWD/r" --storage-driver vfs \\
        commit -q "$container" oci-archive:box.tar:example.com/box:v1
      buildah --root "$PWD/b" --runroot "$PWD/r" --storage-driver vfs rm "$container"
      """;

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: box
        annotations:
          kubectl.kubernetes.io/default-container: web
      spec:
        terminationGracePeriodSeconds: 1
        initContainers:
        - name: first
          image: example.com/box:v1
          command: [echo, set up]
        containers:
        - name: flaky
          image: example.com/box:v1
          command: [sh, -c, 'if test -e /data/ran; then echo again; exec sleep 1000; fi;
            echo once > /data/ran; echo first run; exit 3']
          volumeMounts: [{name: data, mountPath: /data}]
        - name: web
          image: example.com/box:v1
          command: [sh, -c, 'echo serving; exec httpd -f -p 127.0.0.1:7001 -h /www']
        volumes: [{name: data, emptyDir: {}}]
      """;

  private static Platform platform;

  @BeforeAll
  static void start() {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    platform = Platform.start();
    platform.write("image.sh", IMAGE);
    platform.command("sh", "image.sh").run().orFail();
    platform.ebb("image", "load", "box.tar", "--name", "example.com/box:v1").run().orFail();
    platform.write("pod.yaml", POD);
    platform.kubectl("apply", "-f", "pod.yaml").run().orFail();
    platform.kubectl("wait", "--for=condition=Ready", "pod/box", "--timeout=60s").run().orFail();
    Awaitility.await()
        .until(() ->
            platform
                .kubectl("get", "pod", "box", "-o", "jsonpath={.status.containerStatuses[0]}")
                .run()
                .orFail()
                .out()
                .contains("\"restartCount\":1"));
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static Command.Result kubectl(String... words) {
    return platform.kubectl(words).run();
  }

  @Test
  void execIsInTheContainerThatIsNamedOrTheDefault() {
    assertThat(kubectl("exec", "box", "--", "cat", "/proc/1/cmdline").orFail().out())
        .contains("httpd");
    var result = kubectl("exec", "box", "-c", "flaky", "--", "sh", "-c", "cat /data/ran; exit 7");
    assertThat(result.out()).isEqualTo("once\n");
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(kubectl("exec", "box", "-c", "first", "--", "sh").err())
        .contains("container not found (\"first\")");
    assertThat(kubectl("exec", "box", "-c", "none", "--", "sh").err())
        .contains("container none is not valid for pod box");
    assertThat(kubectl("exec", "box", "--", "nothing").err())
        .contains("exec: \"nothing\": executable file not found in $PATH");
  }

  @Test
  void filesAreCopiedInAndOut() {
    platform.write("there", "and back");
    kubectl("cp", "there", "box:/tmp/there").orFail();
    kubectl("cp", "box:/tmp/there", "back").orFail();
    assertThat(platform.read("back")).isEqualTo("and back");
  }

  @Test
  void logsAreThoseOfEachContainerAndRun() {
    assertThat(kubectl("logs", "box").orFail().out()).isEqualTo("serving\n");
    assertThat(kubectl("logs", "box", "-c", "first").orFail().out()).isEqualTo("set up\n");
    assertThat(kubectl("logs", "box", "-c", "flaky").orFail().out()).isEqualTo("again\n");
    assertThat(kubectl("logs", "box", "-c", "flaky", "--previous").orFail().out())
        .isEqualTo("first run\n");
    assertThat(kubectl("logs", "box", "-c", "web", "--previous").err())
        .contains("previous terminated container \"web\" in pod \"box\" not found");
    assertThat(kubectl("logs", "box", "--all-containers").orFail().out())
        .contains("set up", "again", "serving");
  }

  @Test
  void topShowsWhatContainersUse() {
    assertThat(kubectl("top", "pod", "box").orFail().out())
        .matches("(?s)NAME +CPU\\(cores\\) +MEMORY\\(bytes\\) *\nbox +\\d+m +\\d+Mi *\n");
    assertThat(kubectl("top", "pod", "--containers").orFail().out())
        .containsPattern("box +flaky +\\d+m")
        .containsPattern("box +web +\\d+m")
        .doesNotContain("first");
    assertThat(kubectl("top", "node").orFail().out()).containsPattern("\\d+m +\\d+% +\\d+Mi");
    assertThat(kubectl("top", "pod", "-l", "app=none").err()).contains("No resources found");
    assertThat(kubectl("top", "pod", "none").err()).contains("NotFound");
  }

  @Test
  void attachShowsWhatComesAndTheShellEndsAsItsUserSays() {
    platform.write("input", "echo $((6 * 7))\nexit 3\n");
    var run =
        platform
            .command(
                "sh",
                "-c",
                "kubectl=$1; shift; exec \"$kubectl\" \"$@\" < input",
                "sh",
                Platform.TOOLS.resolve("kubectl").toString(),
                "--kubeconfig",
                platform.kubeconfig(),
                "run",
                "once",
                "-i",
                "--rm",
                "--restart=Never",
                "--image=example.com/box:v1",
                "--",
                "sh")
            .run();
    assertThat(run.out()).contains("42").contains("pod \"once\" deleted");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(kubectl("attach", "box", "-c", "first").err())
        .contains("container first not found in pod box_default");
  }

  @Test
  void aTerminalIsThatOfTheFirstProcess() {
    platform.write("typed", "");
    var run =
        platform
            .command(
                "sh",
                "-c",
                "(until grep -qs '/ #' shown; do sleep 0.2; echo; done;"
                    + " echo 'stty size; test -t 0 && echo is-a-terminal; exit 4')"
                    + " | script -qfec \"stty rows 31 cols 91; $0 --kubeconfig $1 run shell -it"
                    + " --rm --restart=Never --image=example.com/box:v1 -- sh\" shown",
                Platform.TOOLS.resolve("kubectl").toString(),
                platform.kubeconfig())
            .run();
    assertThat(run.out()).contains("31 91").contains("is-a-terminal");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(kubectl("get", "pod", "shell").err()).contains("NotFound");
  }

  /// Without what is asked for each of these would take an hour.
  @Test
  void aDeletionTakesNoLongerThanItIsGiven() {
    for (var options :
        List.of(
            new String[] {"--grace-period=1"},
            new String[] {"--now"},
            new String[] {"--force", "--grace-period=0"})) {
      platform.write(
          "stubborn.yaml",
          """
          apiVersion: v1
          kind: Pod
          metadata: {name: stubborn}
          spec:
            terminationGracePeriodSeconds: 3600
            containers:
            - name: main
              image: example.com/box:v1
              command: [sh, -c, 'trap "" TERM; while true; do sleep 1000; done']
          """);
      kubectl("apply", "-f", "stubborn.yaml").orFail();
      kubectl("wait", "--for=condition=Ready", "pod/stubborn", "--timeout=60s").orFail();
      kubectl("delete", "pod", "stubborn", "--wait=false").orFail();
      platform.kubectl("delete", "pod", "stubborn").with(options).run().orFail();
      assertThat(kubectl("get", "pod", "stubborn").err()).contains("NotFound");
    }
  }

  @Test
  void whatListensInsideOnlyIsForwarded() throws IOException, InterruptedException {
    Process forward = platform.kubectl("port-forward", "pod/box", ":7001").start("forward.out");
    try {
      Pattern line = Pattern.compile("Forwarding from (127\\.0\\.0\\.1:\\d+) -> 7001");
      Awaitility.await().until(() -> line.matcher(platform.read("forward.out")).find());
      Matcher address = line.matcher(platform.read("forward.out"));
      assertThat(address.find()).isTrue();
      assertThat(platform.curl("http://" + address.group(1) + "/").run().orFail().out())
          .isEqualTo("hello from inside\n");
    } finally {
      forward.destroy();
      forward.waitFor();
    }
  }
}
