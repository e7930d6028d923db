package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PureRulesTest {
  @ParameterizedTest
  @CsvSource({
    "3.11.7, 3.9, true",
    "3.9, 3.9, true",
    "3.8.20, 3.9, false",
    "18.0.1, 18.0, true",
    "4.0, 3.99, true",
    "'', 3.9, false",
    "'', '', true"
  })
  void versionsAreComparedAsNumbers(String version, String minimum, boolean expected) {
    assertThat(Runtimes.isAtLeast(version, minimum)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "hello-00001, hello-00001-deployment-0123456789",
    "a-name-of-a-service-of-thirty-five-00001, a-name-of-a-service-of-thirty-five-00001-deployment-01234",
    "a-very-long-name-of-a-service-indeed-and-more-00001, a-very-long-name-of-a-service-indeed-and-more-00001-0123",
  })
  void namesOfInstancesFitADnsLabelAndBeginWithTheirDeployments(String revision, String prefix) {
    var name = InstanceNames.next(revision, "0123456789", new Random(1)).value();
    assertThat(name).matches(prefix + "-[a-z0-9]{5}");
    assertThat(name.length()).isLessThanOrEqualTo(63);
  }

  @Test
  void aProcessNameMayHoldAnything() {
    var stat =
        ProcessStat.parse(
            7, "7 (a) b) R 1 5 6 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 1000 250 rest of it");
    assertThat(stat).isEqualTo(new ProcessStat(7, 'R', 5, 6, 26, 12345, 250));
  }

  @Test
  void aRunDirectoryTooLongForASocketIsRefused(@TempDir Path directory) {
    var run = directory.resolve("r".repeat(100));
    assertThatThrownBy(() -> NodePaths.create(directory, run))
        .hasMessageContaining("too long")
        .hasMessageContaining("107");
  }
}
