package dev.ebb.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageCollectorTest {
  @TempDir Path directory;
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private FunctionPackages packages;
  private String named;
  private String unnamed;

  @BeforeEach
  void twoOldPackages() {
    packages = new FunctionPackages(directory, () -> now);
    named = store("named");
    unnamed = store("unnamed");
    now = now.plus(Duration.ofHours(2));
  }

  @Test
  void whatNobodyNamesGoesAtTheStart() throws InterruptedException {
    collect(() -> {});
    assertThat(packages.open(named).root()).isDirectory();
    assertThatThrownBy(() -> packages.open(unnamed)).isInstanceOf(PackageMissingException.class);
  }

  @Test
  void whenItIsNotKnownWhatIsNamedNothingGoesAndItIsTriedAgain() throws InterruptedException {
    var attempts = new AtomicInteger();
    collect(() -> {
      if (attempts.incrementAndGet() < 3) {
        assertThat(packages.open(unnamed).root()).isDirectory();
        throw new IllegalStateException("the store is away (a test)");
      }
    });
    assertThatThrownBy(() -> packages.open(unnamed)).isInstanceOf(PackageMissingException.class);
  }

  /// Until it was done once without a failure.
  private void collect(Runnable before) throws InterruptedException {
    var asked = new CountDownLatch(1);
    var collector =
        new PackageCollector(
            packages,
            () -> {
              before.run();
              asked.countDown();
              return Set.of(named);
            },
            Set::of,
            Duration.ofMillis(1));
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    collector.close();
  }

  private String store(String content) {
    return packages.store(
        new FunctionPackageConfig("python", "", "handler.py"),
        Map.of("handler.py", content.getBytes(UTF_8)));
  }
}
