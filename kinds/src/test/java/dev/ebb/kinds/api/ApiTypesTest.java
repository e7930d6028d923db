package dev.ebb.kinds.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.Schema;
import dev.ebb.kinds.yaml.YamlReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

class ApiTypesTest {
  private static final ApiTypes TYPES = ApiTypes.KUBERNETES;

  static Stream<ApiType> types() {
    return ApiTypes.packages().stream()
        .flatMap(packageName ->
            ApiTypes.files(packageName).stream()
                .flatMap(file -> heads(file).map(name -> TYPES.type(packageName + "." + name))));
  }

  private static Stream<String> heads(String file) {
    return new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(ApiTypes.class.getResourceAsStream(file + ".types")),
                StandardCharsets.UTF_8))
        .lines()
        .filter(line -> line.startsWith("type ") || line.startsWith("kind "))
        .map(line -> line.split(" ", 3)[1]);
  }

  @Test
  void thereAreAllOfThem() {
    assertThat(types().count()).isGreaterThan(400);
  }

  @ParameterizedTest
  @MethodSource("types")
  void eachFieldHasANumberAndANameOfItsOwn(ApiType type) {
    assertThat(type.fields()).extracting(ApiField::number).doesNotHaveDuplicates();
    assertThat(type.fields().stream().filter(field -> !field.isInline()))
        .extracting(ApiField::name)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[A-Za-z][A-Za-z0-9]*"));
    type.fields().forEach(field -> resolve(field.type()));
  }

  private static void resolve(ValueType type) {
    switch (type) {
      case ValueType.ListOf list -> resolve(list.items());
      case ValueType.MapOf map -> resolve(map.values());
      case ValueType.Named named -> {
        if (!(TYPES.resolve(named) instanceof ValueType.Choice)) {
          assertThat(TYPES.type(named.type()).name()).isEqualTo(named.type());
        }
      }
      case ValueType.Plain _, ValueType.Choice _ -> {}
    }
  }

  @Test
  void aTypeIsReadAsItIsWritten() {
    ApiType container = TYPES.type("core.v1.Container");
    assertThat(container.doc()).isEqualTo("One program of a Pod and how it runs.");
    ApiField env =
        container.fields().stream().filter(f -> f.name().equals("env")).findFirst().orElseThrow();
    assertThat(env.number()).isEqualTo(7);
    assertThat(env.type()).isEqualTo(new ValueType.ListOf(new ValueType.Named("core.v1.EnvVar")));
    assertThat(env.words()).containsExactly("keys=name", "merge=name");
    assertThat(TYPES.type("core.v1.EnvVar").fields().getFirst().presence())
        .isEqualTo(ApiField.Presence.REQUIRED);
  }

  @ParameterizedTest
  @CsvSource({
    "v1, Deployment",
    "apps/v1, Container",
    "apps/v2, Deployment",
    "x.apps/v1, Deployment"
  })
  void whatIsNoKindIsNotFound(String apiVersion, String kind) {
    assertThat(TYPES.ofKind(GroupVersionKind.of(apiVersion, kind))).isEmpty();
  }

  @Test
  void anUnknownTypeIsRefused() {
    assertThatThrownBy(() -> TYPES.type("core.v1.Nothing"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1|Pod|{spec: {containers: [{name: a, foo: 1}]}}|spec.containers[0].foo
          v1|Pod|{spec: {volumes: [{name: v, emptyDir: {}, csi: {driver: d, x: 1}}]}}|spec.volumes[0].csi.x
          apps/v1|Deployment|{spec: {template: {spec: {dnsPolice: None}}}}|spec.template.spec.dnsPolice
          v1|Pod|{metadata: {managedFields: [{fieldsV1: {'f:a': {}}}]}}|
          apps/v1|ControllerRevision|{data: {any: 1}}|
          v1|ResourceQuota|{spec: {hard: {any: 1}}}|
          """)
  void unknownFieldsAreFound(String apiVersion, String kind, String json, String path) {
    List<String> unknown = TYPES.schema(apiVersion, kind).unknownFields(read(json));
    assertThat(unknown).isEqualTo(path == null ? List.of() : List.of(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1|Pod|{spec: {}}|spec.containers: Required value
          v1|Pod|{spec: {containers: [{name: a, imagePullPolicy: Often}]}}|spec.containers[0].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"
          v1|Pod|{spec: {containers: [{name: a, resources: {limits: {cpu: 0.5, memory: 1Gi}}}]}}|
          v1|Pod|{spec: {containers: [{name: a, resources: {limits: {cpu: lots}}}]}}|spec.containers[0].resources.limits[cpu]: Invalid value: "lots"
          v1|Pod|{spec: {containers: [{name: a, livenessProbe: {httpGet: {port: http}}}]}}|
          batch/v1|Job|{spec: {template: {spec: {containers: [{name: 7}]}}}}|spec.template.spec.containers[0].name: Invalid value: 7
          autoscaling/v2|HorizontalPodAutoscaler|{spec: {maxReplicas: 3, scaleTargetRef: {kind: D, name: d}}, status: {desiredReplicas: 0}}|
          discovery.k8s.io/v1|EndpointSlice|{addressType: IPv4}|
          """)
  void objectsAreValidated(String apiVersion, String kind, String json, String error) {
    Schema schema = TYPES.schema(apiVersion, kind);
    ObjectNode object = read(json);
    schema.applyDefaults(object);
    List<FieldError> errors = schema.validate(object);
    if (error == null) {
      assertThat(errors).isEmpty();
    } else {
      assertThat(errors)
          .extracting(found -> found.field() + ": " + found.message())
          .anyMatch(found -> found.startsWith(error));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1|Pod|{spec: {containers: [{name: a}]}}|/spec/terminationGracePeriodSeconds|30
          v1|Pod|{spec: {containers: [{name: a, livenessProbe: {httpGet: {port: 1}}}]}}|/spec/containers/0/livenessProbe|{"httpGet":{"port":1,"path":"/","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}
          v1|Pod|{spec: {volumes: [{name: v, secret: {secretName: s}}]}}|/spec/volumes/0/secret/defaultMode|420
          apps/v1|Deployment|{spec: {}}|/spec/strategy|{"type":"RollingUpdate"}
          apps/v1|StatefulSet|{}|/spec/persistentVolumeClaimRetentionPolicy|{"whenDeleted":"Retain","whenScaled":"Retain"}
          v1|Service|{spec: {ports: [{port: 1}]}}|/spec/ports/0|{"port":1,"protocol":"TCP"}
          batch/v1|CronJob|{spec: {}}|/spec/concurrencyPolicy|"Allow"
          v1|Pod|{spec: {containers: [{name: a, env: null}]}}|/spec/containers/0/env|
          """)
  void defaultsAreThoseOfTheApiServer(
      String apiVersion, String kind, String json, String pointer, String value) {
    ObjectNode object = read(json);
    TYPES.schema(apiVersion, kind).applyDefaults(object);
    assertThat(object.at(pointer).toString()).isEqualTo(value == null ? "" : value);
  }

  private static ObjectNode read(String yaml) {
    return (ObjectNode) YamlReader.readAll(yaml).getFirst();
  }
}
