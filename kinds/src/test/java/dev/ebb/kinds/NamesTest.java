package dev.ebb.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "a, true, true, true",
    "a-1, true, true, true",
    "1a, true, false, true",
    "a.b, false, false, true",
    "a-, false, false, false",
    "-a, false, false, false",
    "A, false, false, false",
    "a_b, false, false, false",
    "a..b, false, false, false",
    "'', false, false, false"
  })
  void domainNames(String name, boolean label1123, boolean label1035, boolean subdomain) {
    assertThat(Names.dns1123Label(name).isEmpty()).isEqualTo(label1123);
    assertThat(Names.dns1035Label(name).isEmpty()).isEqualTo(label1035);
    assertThat(Names.dns1123Subdomain(name).isEmpty()).isEqualTo(subdomain);
  }

  @ParameterizedTest
  @CsvSource({
    "app, true",
    "app.kubernetes.io/name, true",
    "A_b.c, true",
    "/name, false",
    "a/b/c, false",
    "Ex/name, false",
    "a/, false",
    "'a b', false"
  })
  void keysOfLabels(String key, boolean fits) {
    assertThat(Names.qualifiedName(key).isEmpty()).isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({"63, true", "64, false"})
  void aLabelHasAtMost63Characters(int length, boolean fits) {
    assertThat(Names.dns1123Label("a".repeat(length)).isEmpty()).isEqualTo(fits);
    assertThat(Names.labelValue("a".repeat(length)).isEmpty()).isEqualTo(fits);
  }
}
