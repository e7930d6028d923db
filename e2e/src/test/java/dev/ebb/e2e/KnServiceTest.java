package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.e2e.KnApi.Answer;
import dev.ebb.e2e.KnWait.Outcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `kn service create`, `update`, `apply` and `delete` by their request sequences.
@ExtendWith(SharedPlatform.class)
@Timeout(60)
class KnServiceTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final String CLAIM =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: p
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 1Mi
      """;
  private static Kn kn;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    kn = shared.kn("kn-service");
    shared.platform().kubectl("create", "configmap", "cm", "-n", "kn-service").run().orFail();
    shared.platform().write("claim.yaml", CLAIM);
    shared.platform().kubectl("apply", "-f", "claim.yaml", "-n", "kn-service").run().orFail();
  }

  @AfterAll
  static void stop() {
    kn.close();
  }

  /// Each flag, what it writes into the Service, and how the command ends.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          --env A=1                          | template | {"spec":{"containers":[{"env":[{"name":"A","value":"1"}]}]}} | ready
          --env-from cm:cm                   | template | {"spec":{"containers":[{"envFrom":[{"configMapRef":{"name":"cm"}}]}]}} | ready
          --env-from secret:none             | template | {"spec":{"containers":[{"envFrom":[{"secretRef":{"name":"none"}}]}]}} | RevisionFailed: Revision "NAME-00001" failed with message: secret "none" not found.
          --concurrency-limit 4              | template | {"spec":{"containerConcurrency":4}} | ready
          --timeout 60                       | template | {"spec":{"timeoutSeconds":60}} | ready
          --port h2c:8080                    | template | {"spec":{"containers":[{"ports":[{"name":"h2c","containerPort":8080}]}]}} | ready
          --limit memory=256Mi --request ... | template | {"spec":{"containers":[{"resources":{"limits":{"memory":"256Mi"},"requests":{"cpu":"10m"}}}]}} | ready
          --pull-secret s                    | template | {"spec":{"imagePullSecrets":[{"name":"s"}]}} | ready
          --pull-policy Always               | template | {"spec":{"containers":[{"imagePullPolicy":"Always"}]}} | ready
          --service-account default          | template | {"spec":{"serviceAccountName":"default"}} | ready
          --probe-liveness http:::/          | template | {"spec":{"containers":[{"livenessProbe":{"httpGet":{"path":"/","port":8080,"scheme":"HTTP"}}}]}} | ready
          --security-context strict          | template | {"spec":{"containers":[{"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}}}]}} | ready
          --scale 1..3 --scale-init 2 ...    | template | {"metadata":{"annotations":{"autoscaling.knative.dev/min-scale":"1","autoscaling.knative.dev/max-scale":"3","autoscaling.knative.dev/initial-scale":"2","autoscaling.knative.dev/activation-scale":"2","autoscaling.knative.dev/metric":"rps","autoscaling.knative.dev/target":"5","autoscaling.knative.dev/target-utilization-percentage":"80","autoscaling.knative.dev/window":"10s"}}} | ready
          --scale-init 0                     | template | {"metadata":{"annotations":{"autoscaling.knative.dev/initial-scale":"0"}}} | ready
          --label-revision a=b               | template | {"metadata":{"labels":{"a":"b"}}} | ready
          --revision-name NAME-first         | template | {"metadata":{"name":"NAME-first"}} | ready
          --cluster-local                    | metadata | {"labels":{"networking.knative.dev/visibility":"cluster-local"}} | ready
          --annotation-service a=b           | metadata | {"annotations":{"a":"b"}} | ready
          --image registry.invalid/web:1     | template | {"spec":{"containers":[{"image":"registry.invalid/web:1"}]}} | RevisionFailed: Revision "NAME-00001" failed with message: Unable to fetch image "registry.invalid/web:1": failed to resolve image to digest: registry.invalid/web:1: cannot reach registry.invalid: no such host.
          --cmd /app/start                   | template | {"spec":{"containers":[{"command":["/app/start"]}]}} | RevisionFailed: Revision "NAME-00001" failed with message: there is no program '/app/start'.
          --user 1001                        | template | {"spec":{"containers":[{"securityContext":{"runAsUser":1001}}]}} | ready
          --mount /x=cm:cm                   | template | {"spec":{"volumes":[{"name":"v","configMap":{"name":"cm"}}],"containers":[{"volumeMounts":[{"name":"v","mountPath":"/x"}]}]}} | ready
          --containers -                     | template | {"spec":{"containers":[{"ports":[{"containerPort":8080}]},{"name":"side","image":"registry.invalid/side:1","resources":{}}]}} | RevisionFailed: Revision "NAME-00001" failed with message: Unable to fetch image "registry.invalid/side:1": failed to resolve image to digest: registry.invalid/side:1: cannot reach registry.invalid: no such host.
          --mount /x=pvc:p                   | template | {"spec":{"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"p"}}],"containers":[{"volumeMounts":[{"name":"v","mountPath":"/x"}]}]}} | ready
          --node-selector a=b                | template | {"spec":{"nodeSelector":{"a":"b"}}} | 400 must not set the field(s): spec.template.spec.nodeSelector
          --timeout 5000                     | template | {"spec":{"timeoutSeconds":5000}} | 400 expected 0 <= 5000 <= 600: spec.template.spec.timeoutSeconds
          --revision-name other              | template | {"metadata":{"name":"other"}} | 400 invalid value: "other" must have prefix "NAME-": spec.template.metadata.name
          """)
  void create(String command, String place, String change, String outcome) {
    String name = "s" + NAMES.incrementAndGet();
    JsonNode flags = KnApi.JSON.readTree(change.replace("NAME", name));
    String at = place.equals("template") ? "/spec/template" : "/metadata";

    Answer answer = kn.create(name, service -> merge((ObjectNode) service.at(at), flags));

    String expected = outcome.replace("NAME-", name + "-");
    if (expected.startsWith("400 ")) {
      assertThat(answer.expect(400).path("message").asString())
          .isEqualTo(
              "admission webhook \"validation.webhook.serving.knative.dev\" denied the request:"
                  + " validation failed: "
                  + expected.substring(4));
      return;
    }
    answer.expect(201);
    Outcome ended = kn.waitFor(name);
    if (expected.equals("ready")) {
      assertThat(ended).isInstanceOf(Outcome.Ready.class);
      requireStored(kn.service(name).at(at), flags);
      kn.requireDescribable(name);
    } else {
      assertThat(ended).isEqualTo(new Outcome.Failed(expected));
    }
    kn.deleteAndWait(name);
  }

  @Test
  void whatTheUserReadsWhileHeWaits() {
    kn.createAndWait("talk", Kn.env("A", "1"));
    Outcome updated = kn.update("talk", Kn.env("A", "2"));

    assertThat(((Outcome.Ready) updated).messages())
        .isSubsetOf(
            "The Configuration is still working to reflect the latest desired specification.",
            "The Route is still working to reflect the latest desired specification.",
            "Configuration \"talk\" is waiting for a Revision to become ready.",
            "Traffic is not yet migrated to the latest revision.");
    JsonNode service = ((Outcome.Ready) updated).service();
    assertThat(service.at("/status/latestReadyRevisionName").asString()).isEqualTo("talk-00002");
    assertThat(service.at("/status/url").asString()).startsWith("http://talk.kn-service.localhost");
  }

  @Test
  void anUpdateThatSomebodyWasQuickerThanIsDoneAgain() {
    kn.createAndWait("busy", Kn.env("A", "1"));
    AtomicInteger attempts = new AtomicInteger();

    Outcome updated =
        kn.update(
            "busy",
            service -> {
              if (attempts.incrementAndGet() == 1) {
                ObjectNode label = KnApi.JSON.createObjectNode();
                label.putObject("metadata").putObject("labels").put("quick", "yes");
                kn.api().mergePatch(kn.path("services") + "/busy", label).expect(200);
              }
              Kn.env("A", "2").accept(service);
            });

    assertThat(updated).isInstanceOf(Outcome.Ready.class);
    assertThat(attempts).hasValue(2);
    JsonNode service = kn.service("busy");
    assertThat(service.at("/metadata/labels/quick").asString()).isEqualTo("yes");
    assertThat(service.at("/spec/template/spec/containers/0/env/0/value").asString())
        .isEqualTo("2");
  }

  @Test
  void aChangeOfTrafficAloneMakesNoRevision() {
    kn.createAndWait("still", Kn.env("A", "1"));
    JsonNode before = kn.service("still");

    kn.update(
        "still",
        service -> {
          service.set("spec", before.path("spec").deepCopy());
          Kn.traffic("still-00001=100#one").accept(service);
        });

    assertThat(kn.revisions("still")).hasSize(1);
    JsonNode target = kn.service("still").at("/status/traffic/0");
    assertThat(target.path("tag").asString()).isEqualTo("one");
    assertThat(target.path("url").asString()).startsWith("http://one-still.kn-service.localhost");
  }

  @Test
  void applyMergesThreeWays() {
    ObjectNode first = kn.newService("applied");
    remember(first);
    kn.api().post(kn.path("services"), first).expect(201);
    kn.waitFor("applied");
    ObjectNode others = KnApi.JSON.createObjectNode();
    others.putObject("metadata").putObject("labels").put("team", "a");
    kn.api().mergePatch(kn.path("services") + "/applied", others).expect(200);

    ObjectNode patch = KnApi.JSON.createObjectNode();
    ObjectNode second = kn.newService("applied");
    Kn.env("A", "2").accept(second);
    remember(second);
    patch.set("metadata", second.path("metadata").deepCopy());
    patch
        .putObject("spec")
        .putObject("template")
        .putObject("spec")
        .set("containers", second.at("/spec/template/spec/containers").deepCopy());
    kn.api().mergePatch(kn.path("services") + "/applied", patch).expect(200);

    assertThat(kn.waitFor("applied")).isInstanceOf(Outcome.Ready.class);
    JsonNode service = kn.service("applied");
    assertThat(service.at("/metadata/labels/team").asString()).isEqualTo("a");
    assertThat(service.at("/status/latestReadyRevisionName").asString()).isEqualTo("applied-00002");
    assertThat(service.at("/spec/template/spec/containers/0/name").asString())
        .isEqualTo("user-container");
  }

  @Test
  void whatIsNotThereIsTold() {
    for (String plural : List.of("services", "revisions", "routes")) {
      Answer missing = kn.api().get(kn.path(plural) + "/none");
      assertThat(missing.expect(404).path("message").asString())
          .isEqualTo("%s.serving.knative.dev \"none\" not found".formatted(plural));
    }
    kn.create("twice", service -> {}).expect(201);
    Answer again = kn.api().post(kn.path("services"), kn.newService("twice"));
    assertThat(again.expect(409).path("reason").asString()).isEqualTo("AlreadyExists");
  }

  private static void remember(ObjectNode service) {
    service
        .withObject("/metadata/annotations")
        .put("kubectl.kubernetes.io/last-applied-configuration", service.toString());
  }

  /// Puts the flags' fields into the object; items of lists go into those at the same place.
  private static void merge(ObjectNode target, JsonNode flags) {
    flags
        .properties()
        .forEach(field -> {
          JsonNode present = target.path(field.getKey());
          if (present instanceof ObjectNode object && field.getValue().isObject()) {
            merge(object, field.getValue());
          } else if (present.isArray() && field.getValue().isArray()) {
            for (int i = 0; i < field.getValue().size(); i++) {
              if (i < present.size()) {
                merge((ObjectNode) present.get(i), field.getValue().get(i));
              } else {
                ((ArrayNode) present).add(field.getValue().get(i));
              }
            }
          } else {
            target.set(field.getKey(), field.getValue());
          }
        });
  }

  /// Whether all that a flag wrote is still there, beside the server's defaults.
  private static void requireStored(JsonNode stored, JsonNode flags) {
    if (flags.isObject()) {
      flags
          .properties()
          .forEach(field -> requireStored(stored.path(field.getKey()), field.getValue()));
    } else if (flags.isArray()) {
      for (int i = 0; i < flags.size(); i++) {
        requireStored(stored.path(i), flags.get(i));
      }
    } else {
      assertThat(stored).isEqualTo(flags);
    }
  }
}
