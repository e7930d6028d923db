package dev.ebb.node.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.testing.ProcessContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When it is done and what is left of it; what it makes is tested with real containers.
class PackagePreparationsTest {
  private static final String NAME = "0123456789abcdef0123456789abcdef";

  @TempDir Path directory;
  private final ProcessContainers runtime = new ProcessContainers();
  private Path work;
  private Path root;
  private PackagePreparations preparations;

  @BeforeEach
  void start() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    root = Files.createDirectory(directory.resolve(NAME));
    preparations = new PackagePreparations(runtime, work, Duration.ofMinutes(1));
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(runtime.left()).isEmpty();
    assertThat(work).isEmptyDirectory();
  }

  private ContainerPlan function(String script) {
    var preparation = new PackagePreparation(List.of("/bin/sh", "-c", script), root);
    return plan(Optional.of(new FunctionPart(List.of(), true, "", Optional.of(preparation))));
  }

  private static ContainerPlan plan(Optional<FunctionPart> function) {
    return new ContainerPlan(
        Container.of("user-container", "image"),
        false,
        new Root.Host(),
        List.of("/bin/true"),
        Map.of(),
        Map.of(),
        "/",
        ContainerUser.ROOT,
        15,
        "image",
        function);
  }

  /// As plain processes its containers see no mounts, but their own directory in `work`.
  private static String make(String text) {
    return "echo " + text + " >> $PWD-made/made";
  }

  @Test
  void itIsDoneOnce() {
    preparations.require(function(make("$0 $1")));
    preparations.require(function(make("$0 $1")));
    assertThat(root.resolve("made")).hasContent(root + " /made");
  }

  @ParameterizedTest
  @CsvSource({"exit 3", "kill -9 $$"})
  void whatFailsLeavesThePackageAsItWas(String end) {
    preparations.require(function(make("half") + "; " + end));
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void whatTakesTooLongIsEnded() {
    new PackagePreparations(runtime, work, Duration.ofMillis(50))
        .require(function(make("half") + "; sleep 600"));
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void othersHaveNone() {
    preparations.require(plan(Optional.empty()));
    preparations.require(
        plan(Optional.of(new FunctionPart(List.of(), true, "", Optional.empty()))));
    assertThat(root).isEmptyDirectory();
  }
}
