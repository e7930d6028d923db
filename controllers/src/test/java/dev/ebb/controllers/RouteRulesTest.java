package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.DomainAssignment.Target.ToRevision;
import dev.ebb.controllers.DomainAssignment.Target.ToRoute;
import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.PathRewrite;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.SessionAffinity;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.DomainSelectors;
import dev.ebb.kinds.settings.NetworkSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteRulesTest {
  private static final ObjectKey HELLO = new ObjectKey("default", "hello");

  @Test
  void weightsGoToEachHostAndPathAndTagsToAHostOfTheirOwn() {
    List<RouteRule> rules =
        compile(
            List.of(
                hello(
                    List.of("/function/hello"),
                    target("hello-00001", 90, ""),
                    target("hello-00002", 10, ""),
                    target("hello-00003", 0, "next"))));

    assertThat(rules.stream().map(RouteRulesTest::describe))
        .containsExactly(
            "hello.default.localhost / -> hello-00001:90 hello-00002:10",
            "* /function/hello -> hello-00001:90 hello-00002:10 strip /function/hello",
            "next-hello.default.localhost / -> hello-00003:100",
            "hello-00001.default.svc.cluster.local / -> hello-00001:100",
            "hello-00002.default.svc.cluster.local / -> hello-00002:100",
            "hello-00003.default.svc.cluster.local / -> hello-00003:100");
    assertThat(rules.getLast().setRequestHeaders())
        .containsEntry("Knative-Serving-Revision", "hello-00003")
        .containsEntry("Knative-Serving-Namespace", "default");
  }

  @Test
  void theHostOfATagHasTheSharesOfItsTargetInFull() {
    List<RouteRule> rules =
        compile(
            List.of(
                hello(
                    List.of(),
                    target("a", 70, ""),
                    target("b", 20, "next"),
                    target("c", 10, "next"))));

    assertThat(rules.stream().map(RouteRulesTest::describe))
        .startsWith(
            "hello.default.localhost / -> a:70 b:20 c:10",
            "next-hello.default.localhost / -> b:66 c:34");
  }

  @Test
  void theClustersOwnNamesAreForClientsInside() {
    RouteAssignment hello =
        assignment(
            HELLO,
            List.of(
                "hello.default.localhost",
                "hello.default.svc.cluster.local",
                "hello.default.svc",
                "hello.default"),
            List.of("/function/hello"),
            List.of(target("a", 100, "")),
            Optional.empty(),
            false,
            Optional.empty());

    List<RouteRule> rules =
        compile(List.of(hello), domain("hello.example.com", new ToRoute(HELLO)));

    assertThat(rules.stream().filter(rule -> !rule.inside()).map(RouteRulesTest::describe))
        .containsExactly(
            "hello.default.localhost / -> a:100",
            "* /function/hello -> a:100 strip /function/hello",
            "hello.example.com / -> a:100");
    assertThat(rules.stream().filter(RouteRule::inside).map(RouteRulesTest::describe))
        .containsExactly(
            "hello.default.svc.cluster.local / -> a:100",
            "hello.default.svc / -> a:100",
            "hello.default / -> a:100",
            "a.default.svc.cluster.local / -> a:100");
  }

  @Test
  void aHeaderLeadsToATagAtEachHostAndPathWhereThatIsSwitchedOn() {
    RouteAssignment hello =
        assignment(
            HELLO,
            List.of("hello.default.localhost"),
            List.of("/function/hello"),
            List.of(target("a", 100, ""), target("b", 0, "next")),
            Optional.empty(),
            true,
            Optional.empty());

    List<RouteRule> rules =
        compile(List.of(hello), domain("hello.example.com", new ToRoute(HELLO)));

    assertThat(rules.stream().map(RouteRulesTest::describe))
        .containsExactly(
            "hello.default.localhost / [next] -> b:100",
            "hello.default.localhost / -> a:100",
            "* /function/hello [next] -> b:100 strip /function/hello",
            "* /function/hello -> a:100 strip /function/hello",
            "next-hello.default.localhost / -> b:100",
            "a.default.svc.cluster.local / -> a:100",
            "b.default.svc.cluster.local / -> b:100",
            "hello.example.com / [next] -> b:100",
            "hello.example.com / -> a:100");
    assertThat(rules.get(0).setRequestHeaders()).doesNotContainKey("Knative-Serving-Default-Route");
    assertThat(rules.get(1).setRequestHeaders())
        .containsEntry("Knative-Serving-Default-Route", "true");
    assertThat(rules.get(4).setRequestHeaders()).containsEntry("Knative-Serving-Tag", "next");
  }

  @Test
  void clientsKeepTheirRevisionOfTheSplitUnderEachPathWhereTheRouteSaysSo() {
    RouteAssignment hello =
        assignment(
            HELLO,
            List.of("hello.default.localhost"),
            List.of("/function/hello"),
            List.of(target("a", 90, ""), target("b", 10, "next")),
            Optional.empty(),
            true,
            Optional.of("uid"));

    assertThat(
            compile(List.of(hello), domain("hello.example.com", new ToRoute(HELLO))).stream()
                .filter(rule -> rule.affinity().isPresent())
                .map(rule -> describe(rule) + " " + rule.affinity().get()))
        .containsExactly(
            "hello.default.localhost / -> a:90 b:10 " + affinity("/"),
            "* /function/hello -> a:90 b:10 strip /function/hello " + affinity("/function/hello"),
            "hello.example.com / -> a:90 b:10 " + affinity("/"));
  }

  private static SessionAffinity affinity(String path) {
    return new SessionAffinity("ebb-affinity", path, "uid");
  }

  @Test
  void noHeaderTakesAServicesOwnHostFromIt() {
    RouteAssignment other =
        assignment(
            new ObjectKey("shop", "thief"),
            List.of("thief.shop.localhost"),
            List.of(),
            List.of(target("t", 100, "next")),
            Optional.empty(),
            true,
            Optional.empty());
    RouteAssignment hello = hello(List.of(), target("a", 100, ""));
    DomainAssignment mapped =
        domain("hello.default.localhost", new ToRoute(new ObjectKey("shop", "thief")));

    assertThat(
            compile(List.of(hello, other), mapped).stream()
                .map(RouteRulesTest::describe)
                .filter(rule -> rule.startsWith("hello.default.localhost ")))
        .containsExactly(
            "hello.default.localhost / -> a:100", "hello.default.localhost / -> t:100");
  }

  @Test
  void aRoutesOwnHostComesBeforeATagThatSpellsTheSame() {
    RouteAssignment tagged = hello(List.of(), target("a", 100, "a"));
    RouteAssignment plain =
        assignment(
            new ObjectKey("default", "z"),
            List.of("a-hello.default.localhost"),
            List.of(),
            List.of(target("z", 100, "")));

    assertThat(compile(List.of(tagged, plain)).stream().map(RouteRulesTest::describe))
        .containsExactly(
            "hello.default.localhost / -> a:100",
            "a-hello.default.localhost / -> z:100",
            "a-hello.default.localhost / -> a:100",
            "a.default.svc.cluster.local / -> a:100",
            "z.default.svc.cluster.local / -> z:100");
  }

  @Test
  void aRouteWithTagsOnlyHasNoRuleOfItsOwnAndAnEmptyTableIsATable() {
    RouteAssignment tagged =
        hello(List.of("/function/hello"), target("a", 0, "a"), target("b", 0, "b"));

    assertThat(compile(List.of(tagged)).stream().map(RouteRulesTest::describe))
        .containsExactly(
            "a-hello.default.localhost / -> a:100",
            "b-hello.default.localhost / -> b:100",
            "a.default.svc.cluster.local / -> a:100",
            "b.default.svc.cluster.local / -> b:100");
    assertThat(compile(List.of())).isEmpty();
  }

  @Test
  void theOrderOfTheAssignmentsDoesNotMatter() {
    RouteAssignment one =
        assignment(HELLO, List.of("same"), List.of(), List.of(target("a", 100, "")));
    RouteAssignment other =
        assignment(
            new ObjectKey("shop", "hello"),
            List.of("same"),
            List.of(),
            List.of(target("b", 100, "")));

    assertThat(compile(List.of(other, one))).isEqualTo(compile(List.of(one, other)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', hello.default.localhost",
    "app=shop, hello.default.shop.example",
    "app=other, hello.default.localhost",
    "networking.knative.dev/visibility=cluster-local, hello.default.svc.cluster.local"
  })
  void theDomainFollowsTheLabels(String label, String host) {
    DomainSettings settings =
        DomainSettings.of(
            DomainSelectors.of(
                Map.of(
                    "localhost", "",
                    "shop.example", "selector:\n  app: \"shop\"\n",
                    "_example", "ignored")),
            NetworkSettings.of(Map.of()),
            ":8080",
            8443);
    String[] parts = label.split("=", 2);
    Map<String, String> labels = parts.length < 2 ? Map.of() : Map.of(parts[0], parts[1]);

    assertThat(settings.publicHost(HELLO, labels, Map.of())).isEqualTo(host);
    assertThat(settings.hosts(HELLO, labels, Map.of()))
        .contains(host, "hello.default.svc.cluster.local", "hello.default.svc", "hello.default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {{.Name}}-{{.Namespace}}.{{.Domain}}                      | {{.Tag}}-{{.Name}}   | hello-default.localhost      | next-hello-default.localhost
          {{.Name}}.{{.Domain}}                                     | {{.Name}}-at-{{.Tag}} | hello.localhost             | hello-at-next.localhost
          {{.Name}}.{{index .Annotations "sub"}}.{{.Domain}}        | {{.Tag}}-{{.Name}}   | hello.blue.localhost         | next-hello.blue.localhost
          {{.Name}}.{{index .Annotations "none"}}.{{.Domain}}       | {{.Tag}}-{{.Name}}   | hello.default.localhost      | next-hello.default.localhost
          {{.Name}}.{{if index .Labels "own"}}own{{end}}.{{.Domain}} | {{.Tag}}-{{.Name}}  | hello.own.localhost          | next-hello.own.localhost
          """)
  void hostsFollowTheTemplates(String domain, String tag, String host, String tagHost) {
    DomainSettings settings =
        DomainSettings.of(
            Map.of("localhost", Map.of()),
            NetworkSettings.of(Map.of("domain-template", domain, "tag-template", tag)),
            ":8080",
            8443);
    Map<String, String> labels = Map.of("own", "yes");
    Map<String, String> annotations = Map.of("sub", "Blue");

    assertThat(settings.publicHost(HELLO, labels, annotations)).isEqualTo(host);
    assertThat(settings.hosts(HELLO, labels, annotations))
        .containsExactly(
            host, "hello.default.svc.cluster.local", "hello.default.svc", "hello.default");
    assertThat(settings.publicHost(settings.tagged(HELLO, "next"), labels, annotations))
        .isEqualTo(tagHost);
  }

  @Test
  void onlyTheDefaultNamespaceHasTheShortPathAndNoPathLeadsToWhatIsLocal() {
    DomainSettings settings =
        DomainSettings.of(
                Map.of("localhost", Map.of()), NetworkSettings.of(Map.of()), ":8080", 8443)
            .hiding(new ObjectKey("shop", "hidden")::equals);
    assertThat(settings.paths(HELLO, Map.of()))
        .containsExactly("/function/hello", "/function/hello.default");
    assertThat(settings.paths(new ObjectKey("shop", "cart"), Map.of()))
        .containsExactly("/function/cart.shop");
    assertThat(settings.paths(HELLO, Map.of(Labels.VISIBILITY, "cluster-local"))).isEmpty();
    assertThat(settings.paths(new ObjectKey("shop", "hidden"), Map.of())).isEmpty();
  }

  private static RouteAssignment hello(List<String> paths, Target... targets) {
    return assignment(HELLO, List.of("hello.default.localhost"), paths, List.of(targets));
  }

  private static RouteAssignment assignment(
      ObjectKey route, List<String> hosts, List<String> paths, List<Target> targets) {
    return assignment(route, hosts, paths, targets, Optional.empty(), false, Optional.empty());
  }

  private static RouteAssignment assignment(
      ObjectKey route,
      List<String> hosts,
      List<String> paths,
      List<Target> targets,
      Optional<RouteTarget.Unavailable> failure,
      boolean tagHeader,
      Optional<String> affinityKey) {
    Map<String, List<String>> tagHosts = new HashMap<>();
    for (Target target : targets) {
      target
          .tag()
          .ifPresent(
              tag -> tagHosts.put(tag, hosts.stream().map(host -> tag + "-" + host).toList()));
    }
    return new RouteAssignment(
        route,
        hosts,
        paths,
        targets,
        tagHosts,
        failure,
        tagHeader,
        affinityKey,
        RouteAssignment.Redirection.NONE);
  }

  private static Target target(String revision, int percent, String tag) {
    return new Target(
        new RevisionId("default", revision),
        percent,
        false,
        Optional.of(tag).filter(text -> !text.isEmpty()));
  }

  private static String describe(RouteRule rule) {
    StringBuilder text = new StringBuilder(rule.match().host().orElse("*"));
    text.append(' ').append(((PathMatch.Prefix) rule.match().path()).path());
    if (!rule.match().headers().isEmpty()) {
      assertThat(rule.match().headers()).containsOnlyKeys("knative-serving-tag");
      text.append(' ').append(rule.match().headers().values());
    }
    text.append(" ->");
    rule.targets().forEach(target -> text.append(' ').append(RecordingGateway.describe(target)));
    rule.rewrite()
        .ifPresent(
            rewrite -> text.append(" strip ").append(((PathRewrite.StripPrefix) rewrite).prefix()));
    return text.toString();
  }

  /// The rules of all, in the order in which they win.
  private static List<RouteRule> compile(
      List<RouteAssignment> assignments, DomainAssignment... domains) {
    RecordingGateway gateway = new RecordingGateway();
    RoutePublisher publisher = new RoutePublisher(gateway);
    assignments.forEach(publisher::assign);
    List.of(domains).forEach(publisher::assignDomain);
    publisher.open();
    return gateway.rules();
  }

  @Test
  void aMappedDomainGoesWhereItsRouteGoesAndComesAfterAllThatRoutesHave() {
    RouteAssignment hello =
        hello(
            List.of(),
            target("hello-00001", 90, ""),
            target("hello-00002", 10, ""),
            target("hello-00003", 0, "next"));
    ObjectKey gone = new ObjectKey("default", "gone");

    assertThat(
            compile(
                    List.of(hello),
                    domain("hello.example.com", new ToRoute(HELLO)),
                    domain("gone.example.com", new ToRoute(gone)),
                    domain(
                        "old.example.com",
                        new ToRevision(new RevisionId("default", "hello-00001"))))
                .stream()
                .map(RouteRulesTest::describe))
        .containsExactly(
            "hello.default.localhost / -> hello-00001:90 hello-00002:10",
            "next-hello.default.localhost / -> hello-00003:100",
            "hello-00001.default.svc.cluster.local / -> hello-00001:100",
            "hello-00002.default.svc.cluster.local / -> hello-00002:100",
            "hello-00003.default.svc.cluster.local / -> hello-00003:100",
            "hello.example.com / -> hello-00001:90 hello-00002:10",
            "old.example.com / -> hello-00001:100");
  }

  @ParameterizedTest
  @CsvSource({
    "hello.default.localhost, true",
    "next-hello.default.localhost, true",
    "other-hello.default.localhost, false",
    "hello.example.com, false"
  })
  void aRouteAnswersAtItsHostsAndAtItsTags(String host, boolean answers) {
    RouteAssignment hello = hello(List.of(), target("a", 100, ""), target("b", 0, "next"));

    assertThat(hello.allHosts().contains(host)).isEqualTo(answers);
  }

  private static DomainAssignment domain(String host, DomainAssignment.Target target) {
    return new DomainAssignment(new ObjectKey("default", host), target, OptionalInt.empty());
  }
}
