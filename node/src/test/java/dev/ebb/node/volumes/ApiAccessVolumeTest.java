package dev.ebb.node.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Container.VolumeMount;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Volume;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiAccessVolumeTest {
  private static final Container PLAIN = Container.of("plain", "image");

  private static Container mounting(String volume, String path) {
    return PLAIN.edit().volumeMounts(List.of(new VolumeMount(volume, path, "", false))).build();
  }

  private static PodSpec pod(List<Container> init, Container container, String... volumes) {
    return PodSpec.of(container)
        .edit()
        .initContainers(init)
        .volumes(
            List.of(volumes).stream()
                .map(name -> new Volume(name, new Volume.EmptyDir(false, OptionalLong.empty())))
                .toList())
        .build();
  }

  @Test
  void everyContainerGetsItReadOnly() {
    PodSpec pod =
        ApiAccessVolume.in(
            pod(List.of(PLAIN), mounting("data", "/data"), "data"), Optional.empty());
    var access = new VolumeMount("kube-api-access", ApiAccessVolume.DIRECTORY, "", true);
    assertThat(pod.initContainers().getFirst().volumeMounts()).containsExactly(access);
    assertThat(pod.containers().getFirst().volumeMounts())
        .containsExactly(new VolumeMount("data", "/data", "", false), access);
    assertThat(pod.volumes()).extracting(Volume::name).containsExactly("data", "kube-api-access");
  }

  @Test
  void whatAContainerMountsThereItselfStays() {
    PodSpec own = pod(List.of(), mounting("mine", ApiAccessVolume.DIRECTORY), "mine");
    assertThat(ApiAccessVolume.in(own, Optional.empty())).isEqualTo(own);
  }

  @Test
  void anotherNameIsTakenWhereAUserHasIt() {
    PodSpec pod = ApiAccessVolume.in(pod(List.of(), PLAIN, "kube-api-access"), Optional.empty());
    assertThat(pod.volumes())
        .extracting(Volume::name)
        .containsExactly("kube-api-access", "kube-api-access-");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # Pod,  account, mounted
               ,       ,   true
               , true,     true
               , false,    false
          true,        ,   true
          true,  false,    true
          false,       ,   false
          false, true,     false
          """)
  void thePodGoesBeforeItsAccount(
      @Nullable Boolean pod, @Nullable Boolean account, boolean mounted) {
    PodSpec plain = PodSpec.of(PLAIN);
    PodSpec asked = pod == null ? plain : plain.edit().automountServiceAccountToken(pod).build();
    assertThat(ApiAccessVolume.in(asked, Optional.ofNullable(account)).volumes())
        .hasSize(mounted ? 1 : 0);
  }
}
