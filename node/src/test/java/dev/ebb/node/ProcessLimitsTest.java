package dev.ebb.node;

import static dev.ebb.node.ContainerMachine.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where instances are isolated by process only, a function gets nothing that takes a container.
class ProcessLimitsTest {
  private static final String FUNCTION = "function.ebb.dev/default/hello@sha256:" + "0".repeat(64);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello | nothing   | ''                         | ''",
        "hello | image     | ImageNotSupported          | this server runs no containers (`ebb doctor` tells what is missing), only function packages (function.ebb.dev/NAMESPACE/NAME@sha256:DIGEST), not nginx",
        "hello | init      | MultiContainerNotSupported | WHY, and 2 containers are given",
        "hello | neighbour | MultiContainerNotSupported | WHY, and 2 containers are given",
        "hello | volume    | VolumesNotSupported        | WHY, and \"v\" is to be mounted at /v",
        "hello | user      | UserNotSupported           | WHY, and user 7 is asked for",
        "''    | nothing   | PodNotSupported            | WHY, and a Pod of its own needs a container",
      })
  void whatTakesAContainerIsRefusedWithTheReason(
      String service, String more, String reason, String message) {
    Optional<StartRefusedException> refusal = ProcessLimits.refusal(workload(service, more));
    assertThat(refusal.map(StartRefusedException::reason).orElse("")).isEqualTo(reason);
    assertThat(refusal.map(StartRefusedException::text).orElse(""))
        .isEqualTo(
            message.replace(
                "WHY",
                "instances are isolated by process only (`ebb doctor` tells what containers"
                    + " need)"));
    assertThat(refusal.filter(it -> !it.lasting())).isEmpty();
  }

  private static Workload workload(String service, String more) {
    Container one = Container.of("user-container", FUNCTION);
    List<Container> inits = new ArrayList<>();
    List<Container> containers = new ArrayList<>();
    switch (more) {
      case "nothing" -> containers.add(one);
      case "image" -> containers.addAll(List.of(one, Container.of("beside", "nginx")));
      case "neighbour" -> containers.addAll(List.of(one, Container.of("beside", FUNCTION)));
      case "volume" ->
          containers.add(
              one.edit()
                  .volumeMounts(List.of(new Container.VolumeMount("v", "/v", "", false)))
                  .build());
      case "user" -> containers.add(one.edit().security(user(7, 7)).build());
      case "init" -> {
        containers.add(one);
        inits.add(Container.of("first", FUNCTION));
      }
      default -> throw new AssertionError(more);
    }
    return new Workload(
        new RevisionId("default", "hello-00001"),
        service,
        service,
        PodSpec.of(containers).edit().initContainers(inits).build(),
        0,
        Duration.ofMinutes(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1));
  }
}
