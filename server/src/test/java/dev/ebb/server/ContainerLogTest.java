package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which container a request for a log is for, and whether there is one to show.
class ContainerLogTest {
  private static final String WAITING = "{\"waiting\": {\"reason\": \"%s\"}}";
  private static final String ENDED = "{\"terminated\": {\"exitCode\": 1}}";

  private static KubernetesObject pod(String json) {
    return new KubernetesObject((ObjectNode) new JsonMapper().readTree(json));
  }

  private static KubernetesObject pod(String state, String last) {
    return pod(
        """
        {"metadata": {"name": "web"},
         "spec": {"containers": [{"name": "app"}]},
         "status": {"containerStatuses": [{"name": "app", "state": %s, "lastState": %s}]}}
        """
            .formatted(state, last));
  }

  @ParameterizedTest
  @CsvSource({
    "ContainerCreating, ContainerCreating",
    "PodInitializing, PodInitializing",
    "ErrImagePull, image can't be pulled",
    "ImagePullBackOff, trying and failing to pull image",
    "CreateContainerConfigError, CreateContainerConfigError"
  })
  void aContainerThatNeverRanHasNone(String reason, String told) {
    var log = ContainerLog.of(pod(WAITING.formatted(reason), "{}"), Optional.empty(), "app");
    assertThatThrownBy(() -> log.require("web", "app", false))
        .isInstanceOf(ApiException.class)
        .hasMessage("container \"app\" in pod \"web\" is waiting to start: " + told);
  }

  @Test
  void betweenTwoRunsTheLastOneIsShown() {
    var log =
        ContainerLog.of(pod(WAITING.formatted("CrashLoopBackOff"), ENDED), Optional.empty(), "app");
    log.require("web", "app", false);
    log.require("web", "app", true);
    assertThat(log.isBetweenRuns()).isTrue();
  }

  @Test
  void oneThatRunsForTheFirstTimeHasNoRunBefore() {
    var log = ContainerLog.of(pod("{\"running\": {}}", "{}"), Optional.empty(), "app");
    log.require("web", "app", false);
    assertThatThrownBy(() -> log.require("web", "app", true))
        .hasMessage("previous terminated container \"app\" in pod \"web\" not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'name': 'a'}] | [] | '' | a",
        "[{'name': 'a'}] | [{'name': 'i'}] | '' | a",
        "[{'name': 'a'}] | [{'name': 'i'}] | i | i",
        "[{'name': 'a'}, {'name': 'b'}] | [] | b | b"
      })
  void theContainerIsTheOnlyOneOrTheOneThatIsNamed(
      String containers, String init, String asked, String found) {
    assertThat(InstancePods.container(web(containers, init), asked)).isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'name': 'a'}, {'name': 'b'}] | [] | '' | a container name must be specified for pod web,"
            + " choose one of: [a b]",
        "[{'name': 'a'}, {'name': 'b'}] | [{'name': 'i'}] | '' | a container name must be specified"
            + " for pod web, choose one of: [a b] or one of the init containers: [i]",
        "[{'name': 'a'}] | [] | c | container c is not valid for pod web"
      })
  void elseTheWordsOfKubernetesSayWhatThereIs(
      String containers, String init, String asked, String message) {
    assertThatThrownBy(() -> InstancePods.container(web(containers, init), asked))
        .isInstanceOf(ApiException.class)
        .hasMessage(message);
  }

  private static KubernetesObject web(String containers, String init) {
    return pod(
        "{'metadata': {'name': 'web'}, 'spec': {'containers': %s, 'initContainers': %s}}"
            .formatted(containers, init)
            .replace('\'', '"'));
  }
}
