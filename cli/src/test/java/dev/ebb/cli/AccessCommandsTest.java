package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessCommandsTest {
  private static final String TOKEN = "/api/v1/namespaces/shop/serviceaccounts/ci/token";

  @TempDir private Path directory = Path.of("");

  @Test
  void aTokenWithARoleMakesWhatIsMissing() throws Exception {
    try (FakeApi api = FakeApi.start(directory, AccessCommandsTest::newcomer)) {
      var run = run("token", "create", "ci", "-n", "shop", "--role", "edit", "--duration", "24h");
      assertThat(run.err())
          .isEqualTo(
              """
              ebb: made ServiceAccount ci in namespace shop
              ebb: made RoleBinding ci-edit in namespace shop
              """);
      assertThat(run.out()).isEqualTo("abc\n");
      assertThat(run.exitCode()).isZero();
      assertThat(api.calls)
          .filteredOn(call -> call.method().equals("POST"))
          .satisfiesExactly(
              account -> assertThat(account.target()).contains("/serviceaccounts?"),
              binding ->
                  assertThat(binding.body())
                      .contains("\"kind\":\"ClusterRole\",\"name\":\"edit\"")
                      .contains(
                          "\"kind\":\"ServiceAccount\",\"name\":\"ci\",\"namespace\":\"shop\""),
              token -> {
                assertThat(token.target()).isEqualTo(TOKEN);
                assertThat(token.body()).contains("\"expirationSeconds\":86400");
              });
    }
  }

  @Test
  void aKubeconfigForSomebodyHasTheirTokenAndNotTheAdministrators() throws Exception {
    try (FakeApi api = FakeApi.start(directory, AccessCommandsTest::newcomer)) {
      Files.writeString(
          directory.resolve("kubeconfig"),
          "{users: [{name: ebb, user: {token: admin}}], contexts: [{name: ebb, context: {}}]}");
      var run = run("token", "create", "ci", "-n", "shop", "-o", "kubeconfig");
      assertThat(run.out()).contains("token: abc", "namespace: shop").doesNotContain("admin");
      assertThat(api.calls).hasSize(1);
    }
  }

  @Test
  void whoIsMissingIsToldHowToCome() throws Exception {
    try (FakeApi api =
        FakeApi.start(
            directory,
            call -> FakeApi.Answer.refused(404, "serviceaccounts \\\"ci\\\" not found"))) {
      var run = run("token", "create", "ci", "-n", "shop");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .isEqualTo(
              "ebb: serviceaccounts \"ci\" not found. Make it, with a role, by: ebb token create ci -n"
                  + " shop --role view\n");
      assertThat(api.calls).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "token, say what to do",
    "config, say what to do",
    "token create, Missing required parameter: 'NAME'",
    "token create ci --duration soon, --duration is a time",
    "token create ci --duration 5m, --duration must be at least 10m",
    "token create ci -o yaml, --output: 'yaml' is none of text",
    "api-resources -o xml, --output: 'xml' is none of text",
    "api-resources --namespaced maybe, Invalid value for option '--namespaced'"
  })
  void wrongUseIsExitCodeTwo(String command, String message) {
    var run = CommandLineTest.run(command.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``|pods,namespaces,deployments.apps,services.serving.knative.dev
          --api-group apps|deployments.apps
          --namespaced false|namespaces
          --verbs list,watch|pods,deployments.apps
          """)
  void resourcesAreFiltered(String options, String names) throws Exception {
    try (FakeApi api = FakeApi.start(directory, AccessCommandsTest::discovery)) {
      String command = "api-resources -o name " + options;
      assertThat(run(command.strip().split(" +")).out().lines().toList())
          .containsExactlyInAnyOrderElementsOf(List.of(names.split(",")));
      assertThat(api.calls).isNotEmpty();
    }
  }

  @Test
  void resourcesAreShownAsKubectlDoes() throws Exception {
    try (FakeApi api = FakeApi.start(directory, AccessCommandsTest::discovery)) {
      assertThat(run("api-resources").out())
          .isEqualTo(
              """
              NAME          SHORTNAMES   APIVERSION               NAMESPACED   KIND
              namespaces                 v1                       false        Namespace
              pods          po           v1                       true         Pod
              deployments                apps/v1                  true         Deployment
              services      ksvc         serving.knative.dev/v1   true         Service
              """);
      assertThat(run("api-resources", "-o", "wide").out().lines().toList().get(2))
          .endsWith("Pod          get,list,watch   all");
      assertThat(run("api-resources", "-o", "json").out())
          .contains("\"kind\" : \"APIResourceList\"", "\"name\" : \"deployments\"");
      assertThat(api.calls).isNotEmpty();
    }
  }

  private CommandLineTest.Run run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--data-dir";
    all[arguments.length + 1] = directory.toString();
    return CommandLineTest.run(all);
  }

  private static FakeApi.Answer newcomer(FakeApi.Call call) {
    if (call.target().equals(TOKEN)) {
      return FakeApi.Answer.ok("{'status': {'token': 'abc'}}");
    }
    return call.method().equals("GET")
        ? FakeApi.Answer.refused(404, "not found")
        : new FakeApi.Answer(201, call.body());
  }

  private static FakeApi.Answer discovery(FakeApi.Call call) {
    return switch (call.target()) {
      case "/api" -> FakeApi.Answer.ok("{'versions': ['v1']}");
      case "/apis" ->
          FakeApi.Answer.ok(
              """
              {'groups': [
                {'name': 'serving.knative.dev', 'preferredVersion': {'version': 'v1'}, 'versions': [{'version': 'v1'}]},
                {'name': 'apps', 'preferredVersion': {'version': 'v1'}, 'versions': [{'version': 'v1'}, {'version': 'v1beta1'}]}]}
              """);
      case "/api/v1" ->
          FakeApi.Answer.ok(
              """
              {'resources': [
                {'name': 'pods', 'kind': 'Pod', 'namespaced': true, 'verbs': ['get', 'list', 'watch'], 'shortNames': ['po'], 'categories': ['all']},
                {'name': 'pods/log', 'kind': 'Pod', 'namespaced': true, 'verbs': ['get']},
                {'name': 'namespaces', 'kind': 'Namespace', 'namespaced': false, 'verbs': ['get', 'list']}]}
              """);
      case "/apis/serving.knative.dev/v1" ->
          FakeApi.Answer.ok(
              "{'resources': [{'name': 'services', 'kind': 'Service', 'namespaced': true, 'verbs': ['get'], 'shortNames': ['ksvc']}]}");
      default ->
          FakeApi.Answer.ok(
              "{'resources': [{'name': 'deployments', 'kind': 'Deployment', 'namespaced': true, 'verbs': ['list', 'watch']}]}");
    };
  }
}
