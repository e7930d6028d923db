package dev.ebb.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class VersionPriorityTest {
  /// The example of Kubernetes's documentation, and forms that are none.
  private static final List<String> ORDER =
      List.of(
          "v10",
          "v2",
          "v1",
          "v11beta2",
          "v10beta3",
          "v3beta1",
          "v12alpha1",
          "v11alpha2",
          "foo1",
          "foo10",
          "v0",
          "v1beta",
          "v1beta0");

  @Test
  void versionsStandInTheOrderOfPreference() {
    List<String> shuffled = new ArrayList<>(ORDER);
    Collections.shuffle(shuffled, new Random(7));

    shuffled.sort(VersionPriority.PREFERRED_FIRST);

    assertThat(shuffled).isEqualTo(ORDER);
  }
}
