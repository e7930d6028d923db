package dev.ebb.kinds.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.yaml.YamlReader;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemSettingsTest {
  private static final GroupVersionKind CONFIG_MAP = GroupVersionKind.of("v1", "ConfigMap");

  /// The ConfigMap, its data as YAML in the flow style, and what an operator is told.
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          defaults      | {}                                                              |
          defaults      | {_example: whatever, unknown: x}                                |
          defaults      | {revision-timeout-seconds: "100"}                               |
          defaults      | {revision-timeout-seconds: "900", max-revision-timeout-seconds: "1200"} |
          defaults      | {revision-timeout-seconds: "five"}                              | failed to parse "revision-timeout-seconds": strconv.ParseInt: parsing "five": invalid syntax
          defaults      | {revision-timeout-seconds: "99999999999999999999"}              | failed to parse "revision-timeout-seconds": strconv.ParseInt: parsing "99999999999999999999": value out of range
          defaults      | {revision-timeout-seconds: "900"}                               | revision-timeout-seconds (900) cannot be greater than max-revision-timeout-seconds (600)
          defaults      | {revision-response-start-timeout-seconds: "301"}                | revision-response-start-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)
          defaults      | {revision-idle-timeout-seconds: "301"}                          | revision-idle-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)
          defaults      | {container-concurrency: "1001"}                                 | expected 0 <= 1001 <= 1000: container-concurrency
          defaults      | {container-concurrency: "-1"}                                   | expected 0 <= -1 <= 1000: container-concurrency
          defaults      | {container-concurrency-max-limit: "0"}                          | expected 1 <= 0 <= 2147483647: container-concurrency-max-limit
          defaults      | {allow-container-concurrency-zero: "maybe"}                     | failed to parse "allow-container-concurrency-zero": strconv.ParseBool: parsing "maybe": invalid syntax
          defaults      | {revision-cpu-request: "a lot"}                                 | failed to parse "revision-cpu-request": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
          defaults      | {revision-memory-limit: 1Gi, enable-service-links: default}     |
          defaults      | {container-name-template: "{{.Name}}-main"}                     |
          defaults      | {container-name-template: "{{.Nam}}"}                           | template: container-template: executing "container-template" at <.Nam>: can't evaluate field Nam in type v1.ObjectMeta
          defaults      | {init-container-name-template: "{{.Name"}                       | template: container-template:1: unclosed action
          features      | {tag-header-based-routing: enabled, multi-container: Disabled}  |
          features      | {secure-pod-defaults: AllowRootBounded}                         |
          features      | {kubernetes.podspec-affinity: maybe}                            | failed to parse "kubernetes.podspec-affinity": expected one of Enabled, Allowed, Disabled, was "maybe"
          features      | {secure-pod-defaults: Allowed}                                  | failed to parse "secure-pod-defaults": expected one of Disabled, AllowRootBounded, Enabled, was "Allowed"
          deployment    | {progress-deadline: 120s, queue-sidecar-cpu-request: 25m}       |
          deployment    | {progress-deadline: "120"}                                      | failed to parse "progress-deadline": time: missing unit in duration "120"
          deployment    | {progress-deadline: soon}                                       | failed to parse "progress-deadline": time: invalid duration "soon"
          deployment    | {progressDeadline: soon}                                        | failed to parse "progressDeadline": time: invalid duration "soon"
          deployment    | {progress-deadline: 0s}                                         | progress-deadline cannot be a non-positive duration, was 0s
          deployment    | {progress-deadline: 1500ms}                                     | progress-deadline must be rounded to a whole second, was: 1.5s
          deployment    | {digest-resolution-timeout: -1m}                                | digest-resolution-timeout cannot be a non-positive duration, was -1m0s
          deployment    | {queue-sidecar-memory-limit: big}                               | failed to parse "queue-sidecar-memory-limit": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
          deployment    | {default-affinity-type: near}                                   | unsupported default-affinity-type value: "near"
          domain        | {example.org: "", shop.example: "selector:\\n  app: shop\\n"}   |
          domain        | {shop.example: "selector: shop"}                                | failed to parse "shop.example": expected a map with a selector
          domain        | {shop.example: "selector:\\n  app: [a]\\n"}                     | failed to parse "shop.example": the selector's value of "app" is no string
          gc            | {retain-since-create-time: disabled, max-non-active-revisions: Disabled} |
          gc            | {retain-since-create-time: 2d}                                  | failed to parse retain-since-create-time: time: invalid duration "2d"
          gc            | {retain-since-last-active-time: -1s}                            | failed to parse retain-since-last-active-time: must be non-negative
          gc            | {min-non-active-revisions: few}                                 | failed to parse data: failed to parse "min-non-active-revisions": strconv.ParseInt: parsing "few": invalid syntax
          gc            | {min-non-active-revisions: "-1"}                                | min-non-active-revisions must be non-negative, was: -1
          gc            | {max-non-active-revisions: many}                                | failed to parse max-non-active-revisions: strconv.ParseUint: parsing "many": invalid syntax
          gc            | {max-non-active-revisions: "3"}                                 | min-non-active-revisions(20) must be <= max-non-active-revisions(3)
          network       | {domain-template: "{{.Name}}-{{.Namespace}}.{{.Domain}}"}       |
          network       | {domain-template: '{{.Name}}.{{index .Annotations "sub"}}.{{.Domain}}'} |
          network       | {domain-template: ""}                                           | empty hostname
          network       | {ingress-class: any, rollout-duration: "30", http-protocol: Redirected} |
          network       | {domain-template: "{{.Name}}.{{.Domain}}/x"}                    | domain template has url path: /x
          network       | {domain-template: "{{.Host}}"}                                  | template: domain-template: executing "domain-template" at <.Host>: can't evaluate field Host in type config.DomainTemplateValues
          network       | {tag-template: "{{.Tag}-x"}                                     | template: tag-template:1: unclosed action
          network       | {tag-template: "{{tag}}"}                                       | template: tag-template:1: function "tag" not defined
          network       | {rollout-duration: "-1"}                                        | rollout-duration must be a positive integer, but was -1
          network       | {rollout-duration: 30s}                                         | failed to parse "rollout-duration": strconv.ParseInt: parsing "30s": invalid syntax
          network       | {http-protocol: gopher}                                         | httpProtocol gopher in config-network ConfigMap is not supported
          network       | {external-domain-tls: Enabled, default-external-scheme: https}  |
          network       | {default-external-scheme: gopher}                               | default-external-scheme gopher in config-network ConfigMap is neither http nor https
          kourier       | {certs-secret-name: cert, certs-secret-namespace: default, enable-proxy-protocol: "false"} |
          kourier       | {certs-secret-name: cert}                                       | certs-secret-name and certs-secret-namespace in config-kourier ConfigMap go together
          network       | {system-internal-tls: some}                                     | system-internal-tls with value: "some" in config-network ConfigMap is not supported
          network       | {autocreate-cluster-domain-claims: ja}                          | failed to parse "autocreate-cluster-domain-claims": strconv.ParseBool: parsing "ja": invalid syntax
          observability | {metrics-protocol: prometheus, request-metrics-protocol: none}  |
          observability | {metrics-protocol: smoke}                                       | unsupported protocol "smoke"
          observability | {tracing-protocol: grpc}                                        | endpoint should be set for protocol "grpc"
          observability | {tracing-sampling-rate: "2"}                                    | sampling rate 2.000000 should be less than or equal to one
          observability | {runtime-profiling: sometimes}                                  | unsupported profile setting "sometimes"
          observability | {logging.enable-request-log: "true", logging.request-log-template: ""} | "logging.enable-request-log" was set to true, but no "logging.request-log-template" was specified
          observability | {logging.enable-request-log: "true"}                            |
          observability | {logging.enable-request-log: "perhaps"}                         | failed to parse "logging.enable-request-log": strconv.ParseBool: parsing "perhaps": invalid syntax
          observability | {logging.request-log-template: '{{.Request.Header.Get "X-Id"}} {{js .Request.RequestURI}} {{.TraceID}}'} |
          observability | {logging.request-log-template: "{{.Request.Body}}"}             | template: requestLog: executing "requestLog" at <.Request.Body>: can't evaluate field Body in type *http.Request
          observability | {logging.request-log-template: "{{.Request.Method"}             | template: requestLog:1: unclosed action
          observability | {logging.request-log-template: '{{printf "%d" .Response.Code}}'} | template: requestLog:1: function "printf" not defined
          autoscaler    | {stable-window: 40s, target-burst-capacity: "-1", max-scale: "5"} |
          autoscaler    | {stable-window: 40}                                             | failed to parse data: failed to parse "stable-window": time: missing unit in duration "40"
          autoscaler    | {stable-window: 2s}                                             | stable-window = 2s, must be in [6s; 1h0m0s] range
          autoscaler    | {stable-window: 6500ms}                                         | stable-window = 6.5s, must be specified with at most second precision
          autoscaler    | {scale-to-zero-grace-period: 0s}                                | scale-to-zero-grace-period must be positive, was: 0s
          autoscaler    | {scale-down-delay: -1s}                                         | scale-down-delay cannot be negative, was: -1s
          autoscaler    | {target-burst-capacity: "-2"}                                   | target-burst-capacity must be either non-negative or -1 (for unlimited), was: -2.000000
          autoscaler    | {container-concurrency-target-percentage: "110"}                | container-concurrency-target-percentage = 1.100000 is outside of valid range of (0, 100]
          autoscaler    | {container-concurrency-target-default: "0"}                     | container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of 0, can't be less than 0.01
          autoscaler    | {requests-per-second-target-default: "0"}                       | requests-per-second-target-default must be at least 0.01, was: 0
          autoscaler    | {activator-capacity: "0.5"}                                     | activator-capacity = 0.5, must be at least 1
          autoscaler    | {max-scale-up-rate: "1"}                                        | max-scale-up-rate = 1, must be greater than 1.0
          autoscaler    | {max-scale-down-rate: fast}                                     | failed to parse data: failed to parse "max-scale-down-rate": strconv.ParseFloat: parsing "fast": invalid syntax
          autoscaler    | {panic-window-percentage: "101"}                                | panic-window-percentage = 101, must be in [1, 100] interval
          autoscaler    | {initial-scale: "0", allow-zero-initial-scale: "false"}         | initial-scale = 0, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)
          autoscaler    | {min-scale: "-1"}                                               | min-scale = -1, must be at least 0
          autoscaler    | {min-scale: "3", max-scale: "2"}                                | min-scale (3) must be less than max-scale (2)
          autoscaler    | {max-scale-limit: "5", max-scale: "6"}                          | max-scale = 6, must be in [1, max-scale-limit(5)] range
          """)
  void tellsWhatIsWrong(String name, String data, String problem) {
    assertThat(SystemSettings.problem(configMap("knative-serving", "config-" + name, data, "")))
        .isEqualTo(Optional.ofNullable(problem));
  }

  @Test
  void configMapsOfOthersAreNobodysSettings() {
    String bad = "{revision-timeout-seconds: five}";
    assertThat(SystemSettings.problem(configMap("default", "config-defaults", bad, ""))).isEmpty();
    assertThat(SystemSettings.problem(configMap("knative-serving", "other", bad, ""))).isEmpty();
  }

  @Test
  void whoChangesTheExampleIsToldWhereSettingsBelong() {
    // CRC-32 of `a\nb` with the line end as two characters.
    String checksum = "9fbadef3";
    assertThat(SystemSettings.problem(example("\n a\n\nb\n", checksum))).isEmpty();
    assertThat(SystemSettings.problem(example("a\nc", checksum)).orElse(""))
        .startsWith("the update modifies a key in \"_example\"");
  }

  private static KubernetesObject example(String text, String checksum) {
    return configMap("knative-serving", "config-defaults", "{}", checksum)
        .with(json -> json.withObject("/data").put("_example", text));
  }

  private static KubernetesObject configMap(
      String namespace, String name, String data, String checksum) {
    return KubernetesObject.of(CONFIG_MAP, new ObjectKey(namespace, name))
        .with(json -> {
          json.set("data", YamlReader.readAll(data).getFirst());
          json.withObject("/metadata/annotations").put("knative.dev/example-checksum", checksum);
        });
  }
}
