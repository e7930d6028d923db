package dev.ebb.kinds.rbac;

import static dev.ebb.kinds.Admission.defaulted;
import static dev.ebb.kinds.Admission.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RbacRulesTest {
  private static final KindRegistry KINDS = new BuiltInKinds();

  private static final String BINDING =
      "{metadata: {name: b}, roleRef: {kind: ClusterRole, name: view}, subjects: [%s]}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          roles|{metadata: {name: a%b}}|metadata.name: Invalid value: "a%b": may not contain '%'
          roles|{metadata: {name: ..}}|metadata.name: Invalid value: "..": may not be '..'
          roles|{metadata: {name: r}, rules: [{apiGroups: [""], resources: [pods]}]}|rules[0].verbs: Required value
          roles|{metadata: {name: r}, rules: [{apiGroups: [""], resources: [pods], verbs: []}]}|rules[0].verbs: Required value: verbs must contain at least one value
          roles|{metadata: {name: r}, rules: [{resources: [pods], verbs: [get]}]}|rules[0].apiGroups: Required value: resource rules must supply at least one api group
          roles|{metadata: {name: r}, rules: [{apiGroups: [""], verbs: [get]}]}|rules[0].resources: Required value: resource rules must supply at least one resource
          roles|{metadata: {name: r}, rules: [{nonResourceURLs: [/a], verbs: [get]}]}|rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs
          clusterroles|{metadata: {name: r}, rules: [{nonResourceURLs: [/a], resources: [pods], verbs: [get]}]}|rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs
          clusterroles|{metadata: {name: r}, rules: [{verbs: get}]}|rules[0].verbs: Invalid value: "get"
          rolebindings|{metadata: {name: b}}|roleRef: Required value
          rolebindings|{metadata: {name: b}, roleRef: {apiGroup: x, kind: Role, name: r}}|roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"
          rolebindings|{metadata: {name: b}, roleRef: {kind: Rule, name: r}}|roleRef.kind: Unsupported value: "Rule": supported values: "Role", "ClusterRole"
          clusterrolebindings|{metadata: {name: b}, roleRef: {kind: Role, name: r}}|roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"
          rolebindings|{metadata: {name: b}, roleRef: {kind: Role, name: ''}}|roleRef.name: Required value
          rolebindings|{metadata: {name: b}, roleRef: {kind: Role, name: a/b}}|roleRef.name: Invalid value: "a/b": may not contain '/'
          """)
  void refuses(String plural, String yaml, String error) {
    assertThat(errors(kind(plural), yaml)).singleElement().asString().startsWith(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          rolebindings|{kind: Robot, name: r}|subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"
          rolebindings|{kind: User, name: ''}|subjects[0].name: Required value
          rolebindings|{kind: User, name: u, apiGroup: x}|subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"
          rolebindings|{kind: ServiceAccount, name: s, apiGroup: x}|subjects[0].apiGroup: Unsupported value: "x": supported values: ""
          rolebindings|{kind: ServiceAccount, name: S}|subjects[0].name: Invalid value: "S"
          clusterrolebindings|{kind: ServiceAccount, name: s}|subjects[0].namespace: Required value
          """)
  void refusesSubjects(String plural, String subject, String error) {
    assertThat(errors(kind(plural), BINDING.formatted(subject)))
        .singleElement()
        .asString()
        .startsWith(error);
  }

  @Test
  void groupsOfTheApiAreFilledIn() {
    assertThat(defaulted(RbacKinds.ROLE_BINDING, BINDING.formatted("{kind: User, name: u}")).json())
        .hasToString(
            "{\"metadata\":{\"name\":\"b\"},\"roleRef\":{\"kind\":\"ClusterRole\",\"name\":\"view\","
                + "\"apiGroup\":\"rbac.authorization.k8s.io\"},\"subjects\":[{\"kind\":\"User\","
                + "\"name\":\"u\",\"apiGroup\":\"rbac.authorization.k8s.io\"}]}");
  }

  @Test
  void aRoleWithoutRulesAndWithAColonInItsNameIsFine() {
    assertThat(errors(RbacKinds.CLUSTER_ROLE, "{metadata: {name: 'system:x'}, rules: null}"))
        .isEmpty();
  }

  @Test
  void whatIsBoundNeverChanges() {
    KubernetesObject before = defaulted(RbacKinds.ROLE_BINDING, BINDING.formatted(""));
    assertThat(
            errors(
                RbacKinds.ROLE_BINDING,
                "{metadata: {name: b}, roleRef: {kind: ClusterRole, name: edit}}",
                Optional.of(before)))
        .singleElement()
        .asString()
        .startsWith("roleRef: Invalid value: ")
        .endsWith(": cannot change roleRef");
  }

  @Test
  void aBindingShowsItsRoleAndItsSubjects() {
    KubernetesObject binding =
        defaulted(
            RbacKinds.ROLE_BINDING,
            BINDING.formatted(
                "{kind: User, name: u}, {kind: User, name: v}, {kind: Group, name: g},"
                    + " {kind: ServiceAccount, name: s, namespace: ns}"));
    List<String> cells =
        RbacKinds.ROLE_BINDING.printerColumns().stream()
            .filter(column -> !column.name().equals("Age"))
            .map(column -> column.cell().of(binding, Instant.EPOCH).asString(""))
            .toList();
    assertThat(cells).containsExactly("ClusterRole/view", "u, v", "g", "ns/s");
  }

  private static KindDefinition kind(String plural) {
    return KINDS.byResource(RbacKinds.GROUP, "v1", plural).orElseThrow();
  }
}
