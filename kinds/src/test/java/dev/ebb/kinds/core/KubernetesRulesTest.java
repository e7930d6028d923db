package dev.ebb.kinds.core;

import static dev.ebb.kinds.Admission.defaulted;
import static dev.ebb.kinds.Admission.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Kubernetes's own kinds demand beyond their schemas, and what they fill in.
class KubernetesRulesTest {
  private static final BuiltInKinds KINDS = new BuiltInKinds();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          pods|containers: [{name: a, image: i}, {name: a, image: j}]|spec.containers[1].name: Duplicate value: 'a'
          pods|containers: [{name: A, image: i}]|spec.containers[0].name: Invalid value: 'A'
          pods|containers: [{name: a}]|spec.containers[0].image: Required value
          pods|containers: [{name: a, image: i, ports: [{containerPort: 70000}]}]|spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive
          pods|containers: [{name: a, image: i, volumeMounts: [{name: v, mountPath: /v}]}]|spec.containers[0].volumeMounts[0].name: Not found: 'v'
          pods|containers: [{name: a, image: i, livenessProbe: {periodSeconds: 1}}]|spec.containers[0].livenessProbe: Required value: must specify a handler type
          pods|containers: [{name: a, image: i, resources: {limits: {cpu: 1}, requests: {cpu: 2}}}]|spec.containers[0].resources.requests: Invalid value: '2': must be less than or equal to cpu limit of 1
          pods|{containers: [{name: a, image: i}], volumes: [{name: v}, {name: v}]}|spec.volumes[1].name: Duplicate value: 'v'
          pods|{containers: [{name: a, image: i}], volumes: [{name: v, emptyDir: {}, hostPath: {path: /}}]}|spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type
          pods|containers: [{name: a, image: i, env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: b}}}]}]|spec.containers[0].env[0].valueFrom: Invalid value: '': may not be specified when `value` is not empty
          services|ports: [{name: a, port: 80}, {port: 81}]|spec.ports[1].name: Required value
          services|ports: [{name: a, port: 80}, {name: b, port: 80}]|spec.ports[1]: Duplicate value
          services|{type: ExternalName}|spec.externalName: Required value
          services|{}|spec.ports: Required value
          services|{type: Other, ports: [{port: 1}]}|spec.type: Unsupported value: 'Other': supported values: 'ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'
          services|ports: [{port: 1, targetPort: UPPER}]|spec.ports[0].targetPort: Invalid value: 'UPPER'
          deployments|{selector: {}, template: {spec: {containers: [{name: a, image: i}]}}}|spec.selector: Invalid value: {}: empty selector is invalid for deployment
          deployments|{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: i}]}}}|spec.template.metadata.labels: Invalid value: {'a':'c'}: `selector` does not match template `labels`
          deployments|{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}|spec.template.spec.restartPolicy: Unsupported value: 'Never': supported values: 'Always'
          deployments|{replicas: -1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: i}]}}}|spec.replicas: Invalid value: -1: must be greater than or equal to 0
          deployments|{strategy: {type: Recreate, rollingUpdate: {}}, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: i}]}}}|spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'
          replicasets|{selector: {matchExpressions: [{key: a, operator: In}]}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: i}]}}}|spec.selector.matchExpressions[0].values: Required value
          jobs|template: {spec: {containers: [{name: a, image: i}]}}|spec.template.spec.restartPolicy: Unsupported value: 'Always': supported values: 'OnFailure', 'Never'
          jobs|{completionMode: Indexed, template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}|spec.completions: Required value: when completion mode is Indexed
          cronjobs|{schedule: '* * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}|spec.schedule: Invalid value: '* * *': expected exactly 5 fields, found 3
          cronjobs|{schedule: '61 * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}|spec.schedule: Invalid value: '61 * * * *': end of range (61) above maximum (59): 61
          cronjobs|{schedule: '@fortnightly', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}|spec.schedule: Invalid value: '@fortnightly': unrecognized descriptor: @fortnightly
          cronjobs|{schedule: '@daily', timeZone: Mars/Here, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}}|spec.timeZone: Invalid value: 'Mars/Here': unknown time zone Mars/Here
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 0}|spec.maxReplicas: Invalid value: 0: must be greater than 0
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, metrics: [{type: Cpu}]}|spec.metrics[0].type: Unsupported value: "Cpu": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, metrics: [{type: Resource}]}|spec.metrics[0].resource: Required value: must populate information for the given metric source
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization}}}]}|spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}}]}|spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 1, averageValue: 1m}}}]}|spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, behavior: {scaleDown: {stabilizationWindowSeconds: 3601}}}|spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, behavior: {scaleUp: {policies: [{type: Pods, value: 0, periodSeconds: 15}]}}}|spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 1801}]}}}|spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, maxReplicas: 2, behavior: {scaleUp: {selectPolicy: Most}}}|spec.behavior.scaleUp.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"
          horizontalpodautoscalers|{scaleTargetRef: {kind: D, name: d}, minReplicas: 3, maxReplicas: 2}|spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`
          poddisruptionbudgets|{minAvailable: 1, maxUnavailable: 1}|spec: Invalid value: {'minAvailable':1,'maxUnavailable':1}: minAvailable and maxUnavailable cannot be both set
          ingresses|{}|spec: Invalid value: '': either `defaultBackend` or `rules` must be specified
          ingresses|rules: [{http: {paths: [{path: x, pathType: Prefix, backend: {service: {name: a, port: {number: 1}}}}]}}]|spec.rules[0].http.paths[0].path: Invalid value: 'x': must be an absolute path
          ingresses|defaultBackend: {service: {name: a}}|spec.defaultBackend.service: Required value: port name or number is required
          networkpolicies|{podSelector: {}, ingress: [{from: [{}]}]}|spec.ingress[0].from[0]: Required value: must specify a peer
          networkpolicies|{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: a, operator: In}]}}]}]}|spec.ingress[0].from[0].podSelector.matchExpressions[0].values: Required value
          networkpolicies|{podSelector: {}, egress: [{to: [{namespaceSelector: {matchExpressions: [{key: a, operator: Has}]}}]}]}|spec.egress[0].to[0].namespaceSelector.matchExpressions[0].operator: Invalid value: 'Has': not a valid selector operator
          networkpolicies|{podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}|spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer
          networkpolicies|{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: ''}}]}]}|spec.ingress[0].from[0].ipBlock.cidr: Required value
          networkpolicies|{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]}|spec.ingress[0].from[0].ipBlock.cidr: Invalid value: '10.0.0.0': must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
          networkpolicies|{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}|spec.egress[0].to[0].ipBlock.cidr: Invalid value: '10.0.0.0/33': must be a valid CIDR value
          networkpolicies|{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, ten]}}]}]}|spec.egress[0].to[0].ipBlock.except[1]: Invalid value: 'ten': must be a valid CIDR value
          networkpolicies|{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid value: '11.0.0.0/16': must be a strict subset of `cidr`
          networkpolicies|{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid value: '10.0.0.0/8': must be a strict subset of `cidr`
          networkpolicies|{podSelector: {}, egress: [{to: [{ipBlock: {cidr: '2001:db8::/32', except: ['2001:db9::/48']}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid value: '2001:db9::/48': must be a strict subset of `cidr`
          networkpolicies|{podSelector: {}, ingress: [{ports: [{protocol: ICMP}]}]}|spec.ingress[0].ports[0].protocol: Unsupported value: 'ICMP': supported values: 'SCTP', 'TCP', 'UDP'
          networkpolicies|{podSelector: {}, ingress: [{ports: [{port: 0}]}]}|spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
          networkpolicies|{podSelector: {}, ingress: [{ports: [{port: UPPER}]}]}|spec.ingress[0].ports[0].port: Invalid value: 'UPPER'
          networkpolicies|{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 79}]}]}|spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`
          networkpolicies|{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 70000}]}]}|spec.ingress[0].ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive
          networkpolicies|{podSelector: {}, egress: [{ports: [{port: http, endPort: 80}]}]}|spec.egress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is non-numeric
          networkpolicies|{podSelector: {}, egress: [{ports: [{endPort: 80}]}]}|spec.egress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is not specified
          networkpolicies|{podSelector: {}, policyTypes: [Ingress, Both]}|spec.policyTypes[1]: Unsupported value: 'Both': supported values: 'Egress', 'Ingress'
          networkpolicies|{podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}|spec.policyTypes: Invalid value: ['Ingress','Egress','Ingress']: may not specify more than two policyTypes
          persistentvolumeclaims|{resources: {requests: {storage: 1Gi}}}|spec.accessModes: Required value: at least 1 access mode is required
          persistentvolumes|{accessModes: [ReadWriteOnce], hostPath: {path: /x}}|spec.capacity: Required value
          replicationcontrollers|{selector: {a: b}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: i}]}}}|spec.template.metadata.labels: Invalid value
          """)
  void refuses(String plural, String spec, String error) {
    assertThat(errors(kind(plural), object(spec)))
        .singleElement()
        .asString()
        .startsWith(error.replace('\'', quote(error)));
  }

  /// Kubernetes quotes words of its own in single quotes, values in double ones.
  private static char quote(String error) {
    return error.contains("'Recreate'") ? '\'' : '"';
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          secrets|{metadata: {name: s}, type: kubernetes.io/tls, data: {tls.crt: eA==}}|data[tls.key]: Required value
          secrets|{metadata: {name: s}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: eA==}}|data[.dockerconfigjson]: Invalid value
          secrets|{metadata: {name: s}, type: kubernetes.io/ssh-auth}|data[ssh-privatekey]: Required value
          secrets|{metadata: {name: s}, type: kubernetes.io/service-account-token}|metadata.annotations[kubernetes.io/service-account.name]: Required value
          mutatingwebhookconfigurations|{metadata: {name: w}, webhooks: [{name: a, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: 'https://x'}}]}|webhooks[0].name: Invalid value: 'a': should be a domain with at least three segments
          validatingwebhookconfigurations|{metadata: {name: w}, webhooks: [{name: a.b.c, sideEffects: Some, admissionReviewVersions: [v1], clientConfig: {url: 'https://x'}}]}|webhooks[0].sideEffects: Unsupported value: 'Some'
          validatingwebhookconfigurations|{metadata: {name: w}, webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {}}]}|webhooks[0].clientConfig: Required value
          """)
  void refusesWhole(String plural, String yaml, String error) {
    assertThat(errors(kind(plural), yaml))
        .singleElement()
        .asString()
        .startsWith(error.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          pods|containers: [{name: a, image: 'i:1'}]|/spec/containers/0/imagePullPolicy|'IfNotPresent'
          pods|containers: [{name: a, image: 'host:5000/i'}]|/spec/containers/0/imagePullPolicy|'Always'
          pods|containers: [{name: a, image: i, resources: {limits: {cpu: 1}}}]|/spec/containers/0/resources/requests/cpu|1
          pods|{containers: [{name: a, image: i}], volumes: [{name: v}]}|/spec/volumes/0/emptyDir|{}
          pods|{serviceAccount: s, containers: [{name: a, image: i}]}|/spec/serviceAccountName|'s'
          services|ports: [{port: 80}]|/spec/ports/0/targetPort|80
          services|{type: LoadBalancer, ports: [{port: 80}]}|/spec/externalTrafficPolicy|'Cluster'
          services|{sessionAffinity: ClientIP, ports: [{port: 80}]}|/spec/sessionAffinityConfig/clientIP/timeoutSeconds|10800
          deployments|{}|/spec/strategy|{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%','maxSurge':'25%'}}
          deployments|{strategy: {type: Recreate}}|/spec/strategy|{'type':'Recreate'}
          statefulsets|{}|/spec/updateStrategy/rollingUpdate/partition|0
          daemonsets|{}|/spec/updateStrategy/rollingUpdate|{'maxUnavailable':1,'maxSurge':0}
          replicationcontrollers|{template: {metadata: {labels: {a: b}}}}|/spec/selector|{'a':'b'}
          jobs|{}|/spec/completions|1
          jobs|{parallelism: 3}|/spec/completions|
          jobs|{}|/spec/selector/matchLabels|{'batch.kubernetes.io/controller-uid':'u'}
          jobs|{manualSelector: true, selector: {matchLabels: {a: b}}}|/spec/selector/matchLabels|{'a':'b'}
          horizontalpodautoscalers|{maxReplicas: 2}|/spec/metrics/0/resource/target/averageUtilization|80
          horizontalpodautoscalers|{maxReplicas: 2, behavior: {scaleDown: {}}}|/spec/behavior/scaleUp/policies/1/value|100
          horizontalpodautoscalers|{maxReplicas: 2, behavior: {scaleUp: {}}}|/spec/behavior/scaleDown/policies/0/periodSeconds|15
          networkpolicies|{podSelector: {}, egress: [{}]}|/spec/policyTypes|['Ingress','Egress']
          persistentvolumeclaims|{}|/status/phase|'Pending'
          """)
  void fillsIn(String plural, String spec, String pointer, String value) {
    KubernetesObject object = defaulted(kind(plural), object(spec));
    assertThat(object.json().at(pointer).toString())
        .isEqualTo(value == null ? "" : value.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          deployments|{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b, c: d}}, spec: {containers: [{name: a, image: i}]}}}|{selector: {matchLabels: {c: d}}, template: {metadata: {labels: {a: b, c: d}}, spec: {containers: [{name: a, image: i}]}}}|spec.selector: Invalid value: {'matchLabels':{'c':'d'}}: field is immutable
          pods|containers: [{name: a, image: i}]|containers: [{name: b, image: i}]|spec: Forbidden: pod updates may not change fields other than
          pods|containers: [{name: a, image: 'i:1'}]|containers: [{name: a, image: 'j:1'}]|
          statefulsets|{serviceName: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: i}]}}}|{serviceName: b, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: i}]}}}|spec: Forbidden: updates to statefulset spec
          jobs|{template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}, manualSelector: true, selector: {matchLabels: {a: b}}}|{template: {spec: {restartPolicy: Never, containers: [{name: a, image: j}]}}, manualSelector: true, selector: {matchLabels: {a: b}}}|spec.template: Invalid value
          persistentvolumeclaims|{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}|{accessModes: [ReadOnlyMany], resources: {requests: {storage: 1Gi}}}|spec: Forbidden: spec is immutable after creation
          services|{clusterIP: None, ports: [{port: 1}]}|{clusterIP: 10.0.0.1, ports: [{port: 1}]}|spec.clusterIPs[0]: Invalid value: '10.0.0.1': may not change once set
          """)
  void keepsWhatNeverChanges(String plural, String before, String after, String error) {
    KindDefinition kind = kind(plural);
    Optional<KubernetesObject> previous = Optional.of(defaulted(kind, object(before)));
    if (error == null) {
      assertThat(errors(kind, object(after), previous)).isEmpty();
    } else {
      assertThat(errors(kind, object(after), previous))
          .singleElement()
          .asString()
          .startsWith(error.replace('\'', '"'));
    }
  }

  private static KindDefinition kind(String plural) {
    return KINDS.all().stream()
        .filter(kind -> kind.plural().equals(plural) && kind.isStored())
        .findFirst()
        .orElseThrow();
  }

  private static String object(String spec) {
    String map = spec.startsWith("{") ? spec : "{" + spec + "}";
    return "{apiVersion: v1, kind: Deployment, metadata: {name: a, uid: u}, spec: " + map + "}";
  }
}
