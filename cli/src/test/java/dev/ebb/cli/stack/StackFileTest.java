package dev.ebb.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackFileTest {
  @TempDir Path directory;

  @Test
  void aFunctionIsReadWithAllThatItHas() throws IOException {
    Path variables =
        write("env.yml", "environment:\n  FROM_FILE: yes\n  VERSION: 1.10\n  PORT_NUMBER: 9000\n");
    Path file =
        write(
            "stack.yml",
            """
            version: 1.0
            provider: {name: openfaas, gateway: "http://gateway:8080"}
            functions:
              one:
                lang: python3
                handler: ./one
                image: docker.io/a/one:${TAG:-latest}
                namespace: dev
                fprocess: env
                skip_build: true
                environment: {DEBUG: true, PORT_NUMBER: 8000}
                environment_file: ["%s"]
                secrets: [api-key]
                labels: {com.openfaas.scale.min: 2}
                annotations: {topic: orders}
                constraints: ["node.role==worker"]
                limits: {memory: 64Mi}
                requests: {cpu: 100m}
                readonly_root_filesystem: true
              two: {image: two}
            """
                .formatted(variables));
    StackFile stack = StackFile.read(file, Map.of("TAG", "7"));
    assertThat(stack.gateway()).isEqualTo("http://gateway:8080");
    assertThat(stack.functions().stream().map(StackFunction::name)).containsExactly("one", "two");
    StackFunction one = stack.functions().getFirst();
    assertThat(one.image()).isEqualTo("docker.io/a/one:7");
    assertThat(one.namespace()).isEqualTo("dev");
    assertThat(one.process()).isEqualTo("env");
    assertThat(one.environment())
        .isEqualTo(
            Map.of("DEBUG", "true", "PORT_NUMBER", "9000", "FROM_FILE", "yes", "VERSION", "1.10"));
    assertThat(one.secrets()).isEqualTo(List.of("api-key"));
    assertThat(one.labels()).isEqualTo(Map.of("com.openfaas.scale.min", "2"));
    assertThat(one.annotations()).isEqualTo(Map.of("topic", "orders"));
    assertThat(one.constraints()).isEqualTo(List.of("node.role==worker"));
    assertThat(one.limits()).isEqualTo(Map.of("memory", "64Mi"));
    assertThat(one.requests()).isEqualTo(Map.of("cpu", "100m"));
    assertThat(one.readOnlyRootFilesystem()).isTrue();
    assertThat(one.with("other", Map.of("DEBUG", "false")).environment())
        .containsEntry("DEBUG", "false")
        .containsEntry("FROM_FILE", "yes");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "functions: {a: {image: x}}                      | provider.name must be openfaas, not \"\"",
        "provider: {name: aws}                           | provider.name must be openfaas, not \"aws\"",
        "provider: {name: openfaas}                      | has no functions",
        "provider: {name: openfaas}, functions: {a: {}}  | function a in",
        "provider: {name: openfaas, gateway: '${A##b}'}  | ${A##b} cannot be replaced",
        "provider: [                                     | ",
        "[]                                              | is no stack file",
      })
  void whatIsNoStackFileIsToldWithItsName(String yaml, String message) throws IOException {
    String text =
        yaml.startsWith("provider") || yaml.startsWith("functions") ? "{" + yaml + "}" : yaml;
    Path file = write("stack.yml", text);
    assertThatThrownBy(() -> StackFile.read(file, Map.of("X", "y")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message == null ? "" : message);
  }

  @Test
  void aMissingFileIsToldAsThat() {
    Path file = directory.resolve("none.yml");
    assertThatThrownBy(() -> StackFile.read(file, Map.of()))
        .hasMessage(file + " cannot be read: there is no such file");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
