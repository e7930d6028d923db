package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the documents set beside functions: services that are always there, with several ports,
/// workers that listen nowhere, Jobs and CronJobs, all of which find each other by name.
@ExtendWith(SharedPlatform.class)
class LongRunningServicesTest {
  private static final String SHOP =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: shop
      spec:
        replicas: 2
        selector: {matchLabels: {app: shop}}
        template:
          metadata: {labels: {app: shop}}
          spec:
            containers:
            - name: shop
              image: example.com/shop:latest
              args: ["8080", "9090"]
              ports: [{name: web, containerPort: 8080}, {name: admin, containerPort: 9090}]
              readinessProbe: {httpGet: {path: /, port: admin}, periodSeconds: 1}
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: shop
      spec:
        selector: {app: shop}
        ports:
        - {name: web, port: 80, targetPort: web}
        - {name: admin, port: 9000, targetPort: admin}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: worker
      spec:
        selector: {matchLabels: {app: worker}}
        template:
          metadata: {labels: {app: worker}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: worker
              image: busybox
              args:
              - sh
              - -c
              - |
                while true; do
                  echo "worked: $(wget -qO- http://shop)"
                  sleep 1
                done
      """;

  private static final String JOBS =
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: once
      spec:
        template:
          spec:
            restartPolicy: Never
            containers:
            - name: once
              image: busybox
              args: [sh, -c, 'wget -qO- http://shop.long-running.svc.cluster.local:9000 && wget -qO- http://asker.long-running && wget -qO- http://gateway.openfaas:8080/healthz']
      ---
      apiVersion: batch/v1
      kind: CronJob
      metadata:
        name: often
      spec:
        schedule: '@every 1s'
        concurrencyPolicy: Forbid
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                containers:
                - name: often
                  image: busybox
                  args: [sh, -c, 'echo "often: $(wget -qO- http://shop:9000)"']
      """;

  private static final String FUNCTION =
      """
      apiVersion: ebb.dev/v1
      kind: Function
      metadata:
        name: asker
      spec:
        runtime: python
        source:
          inline: |
            from urllib.request import urlopen
            def main():
                return "the shop says: " + urlopen("http://shop:80/").read().decode()
      """;

  private static final String NAMESPACE = "long-running";

  private static Platform platform;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    LookAlikes.needRoot();
    platform = shared.platform();
    shared.namespace(NAMESPACE);
    LookAlikes.load(platform, LookAlikes.image(platform, "example.com/shop", "lookalike", "ports"));
    LookAlikes.busybox(platform);
    platform.write("shop.yaml", SHOP);
    platform.write("asker.yaml", FUNCTION);
    kubectl("apply", "-f", "shop.yaml", "-f", "asker.yaml");
    kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      kubectl("delete", "namespace", NAMESPACE, "--wait=false");
    }
  }

  @Test
  void aFunctionAsksAService() {
    await("the function", () -> ask().equals("the shop says: port 8080\n"));
  }

  @Test
  void aWorkerIsThereWithoutAPort() {
    await("the worker", () -> logs("deployment/worker").contains("worked: port 8080"));
    assertThat(kubectl("get", "deployment", "worker")).containsPattern("worker +1/1 +1 +1");
  }

  @Test
  void jobsFinish() {
    await("the function", () -> !ask().isEmpty());
    platform.write("long-running-jobs.yaml", JOBS);
    kubectl("apply", "-f", "long-running-jobs.yaml");
    kubectl("wait", "--for=condition=complete", "job/once", "--timeout=60s");
    assertThat(logs("job/once")).isEqualTo("port 9090\nthe shop says: port 8080\nOK");
    await("a Job in time", () -> logs("-l=job-name").contains("often: port 9090"));
    kubectl("delete", "cronjob", "often");
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).until(condition);
  }

  private static String ask() {
    String host = "Host: asker." + NAMESPACE + ".localhost";
    return platform.curl("--fail", "-H", host, platform.gateway()).run().out();
  }

  private static String logs(String... words) {
    return platform.kubectl("logs", "-n", NAMESPACE).with(words).run().out();
  }

  private static String kubectl(String... words) {
    return platform.kubectl("-n", NAMESPACE).with(words).run().orFail().out();
  }
}
