package dev.ebb.resources.rbac;

import static dev.ebb.resources.rbac.Policies.request;
import static dev.ebb.resources.rbac.Policies.subject;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  private static final String API = "apiVersion: rbac.authorization.k8s.io/v1\n";

  private static final Policy POLICY =
      Policies.of(
          API
              + """
              kind: ClusterRole
              metadata: {name: reader}
              rules:
              - {apiGroups: ["", apps], resources: [pods, pods/log, deployments], verbs: [get, list, watch]}
              - {nonResourceURLs: [/metrics, /healthz/*], verbs: [get]}
              ---
              """
              + API
              + """
              kind: ClusterRole
              metadata: {name: all}
              rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
              ---
              """
              + API
              + """
              kind: ClusterRole
              metadata: {name: scaler}
              rules: [{apiGroups: ['*'], resources: ['*/scale'], verbs: [update]}]
              ---
              """
              + API
              + """
              kind: Role
              metadata: {name: one, namespace: a}
              rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [x, y], verbs: [get, update, create]}]
              ---
              """
              + API
              + """
              kind: ClusterRoleBinding
              metadata: {name: readers}
              roleRef: {kind: ClusterRole, name: reader}
              subjects: [{kind: User, name: rita}, {kind: Group, name: staff}, {kind: ServiceAccount, name: bot, namespace: a}]
              ---
              """
              + API
              + """
              kind: ClusterRoleBinding
              metadata: {name: lost}
              roleRef: {kind: ClusterRole, name: gone}
              subjects: [{kind: User, name: lola}]
              ---
              """
              + API
              + """
              kind: RoleBinding
              metadata: {name: all, namespace: a}
              roleRef: {kind: ClusterRole, name: all}
              subjects: [{kind: User, name: anna}, {kind: ServiceAccount, name: local}]
              ---
              """
              + API
              + """
              kind: RoleBinding
              metadata: {name: one, namespace: a}
              roleRef: {kind: Role, name: one}
              subjects: [{kind: User, name: otto}]
              ---
              """
              + API
              + """
              kind: RoleBinding
              metadata: {name: elsewhere, namespace: b}
              roleRef: {kind: Role, name: one}
              subjects: [{kind: User, name: otto}]
              ---
              """
              + API
              + """
              kind: RoleBinding
              metadata: {name: paths, namespace: a}
              roleRef: {kind: ClusterRole, name: reader}
              subjects: [{kind: User, name: paul}]
              ---
              """
              + API
              + """
              kind: ClusterRoleBinding
              metadata: {name: scalers}
              roleRef: {kind: ClusterRole, name: scaler}
              subjects: [{kind: User, name: sara}]
              """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rita | list pods -/ | true
          rita | list pods a/ | true
          rita | get pods a/p | true
          rita | get pods/log a/p | true
          rita | get pods/exec a/p | false
          rita | get deployments.apps a/p | true
          rita | get deployments.extensions a/p | false
          rita | delete pods a/p | false
          rita | deletecollection pods a/ | false
          rita | get secrets a/s | false
          rita | get /metrics | true
          rita | get /metrics/cadvisor | false
          rita | get /healthz | false
          rita | get /healthz/ping | true
          rita | post /metrics | false
          ritas | list pods -/ | false
          staff | list pods -/ | false
          system:serviceaccount:a:bot | list pods b/ | true
          system:serviceaccount:b:bot | list pods b/ | false
          system:serviceaccount:a:local | delete secrets a/s | true
          system:serviceaccount:a:local | delete secrets b/s | false
          system:serviceaccount:b:local | delete secrets a/s | false
          anna | delete pods/exec.x a/p | true
          anna | delete pods b/p | false
          anna | list pods -/ | false
          anna | get nodes -/n | false
          anna | get /metrics | false
          otto | get configmaps a/x | true
          otto | get configmaps a/z | false
          otto | list configmaps a/ | false
          otto | create configmaps a/ | false
          otto | create configmaps a/x | true
          otto | get configmaps b/x | false
          paul | get pods a/p | true
          paul | get /metrics | false
          sara | update deployments/scale.apps a/d | true
          sara | update deployments.apps a/d | false
          sara | update deployments/status.apps a/d | false
          sara | get deployments/scale.apps a/d | false
          """)
  void decides(String user, String question, boolean allowed) {
    assertThat(POLICY.allows(request(subject(user, ""), question))).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nobody | staff | list pods -/ | RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to Group "staff"
          anna | '' | get pods a/p | RBAC: allowed by RoleBinding "all/a" of ClusterRole "all" to User "anna"
          system:serviceaccount:a:local | '' | get pods a/p | RBAC: allowed by RoleBinding "all/a" of ClusterRole "all" to ServiceAccount "local/a"
          otto | '' | get configmaps a/x | RBAC: allowed by RoleBinding "one/a" of Role "one" to User "otto"
          otto | '' | get configmaps b/x | RBAC: role.rbac.authorization.k8s.io "one" not found
          lola | '' | list pods -/ | RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found
          nobody | '' | list pods -/ | ''
          root | system:masters | delete nodes -/n | ''
          """)
  void saysWhy(String user, String groups, String question, String reason) {
    assertThat(POLICY.authorize(request(subject(user, groups), question)).reason())
        .isEqualTo(reason);
  }

  @Test
  void mastersMayDoEverything() {
    Policy empty = new Policy();
    Subject root = subject("root", "system:masters");
    assertThat(empty.allows(request(root, "delete nodes -/n"))).isTrue();
    assertThat(empty.allows(request(root, "get /anything"))).isTrue();
  }

  @Test
  void forgetsWhatIsGone() {
    Policy policy = new Policy();
    var objects =
        Policies.objects(
            API
                + "kind: ClusterRole\nmetadata: {name: r}\n"
                + "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n---\n"
                + API
                + "kind: RoleBinding\nmetadata: {name: b, namespace: a}\n"
                + "roleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: u}]\n");
    AccessRequest question = request(subject("u", ""), "get pods a/p");
    objects.forEach(policy::put);
    assertThat(policy.allows(question)).isTrue();
    policy.remove(objects.get(0));
    assertThat(policy.authorize(question).reason()).contains("\"r\" not found");
    policy.put(objects.get(0));
    policy.remove(objects.get(1));
    assertThat(policy.authorize(question)).isEqualTo(new Decision(false, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          list pods a/|pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "a"
          list pods -/|pods is forbidden: User "u" cannot list resource "pods" in API group "" at the cluster scope
          get pods/log a/p|pods "p" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "a"
          delete services.serving.knative.dev a/s|services.serving.knative.dev "s" is forbidden: User "u" cannot delete resource "services" in API group "serving.knative.dev" in the namespace "a"
          get /metrics|forbidden: User "u" cannot get path "/metrics"
          """)
  void refusesInTheWordsOfKubernetes(String question, String message) {
    assertThat(Forbidden.of(request(subject("u", ""), question), "").status().message())
        .isEqualTo(message);
  }

  @Test
  void aRefusalTellsWhichRoleIsMissing() {
    assertThat(Forbidden.of(request(subject("u", ""), "list pods -/"), "RBAC: x not found"))
        .hasMessageEndingWith("at the cluster scope: RBAC: x not found");
  }
}
