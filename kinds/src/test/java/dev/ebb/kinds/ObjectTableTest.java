package dev.ebb.kinds;

import static dev.ebb.kinds.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.builtin.BuiltInKinds;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectTableTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final KindRegistry KINDS = new BuiltInKinds();

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          serving.knative.dev/v1;Service;NAME URL LATESTCREATED LATESTREADY READY REASON
          serving.knative.dev/v1;Revision;NAME CONFIG_NAME GENERATION READY REASON ACTUAL_REPLICAS DESIRED_REPLICAS
          serving.knative.dev/v1;Route;NAME URL READY REASON
          serving.knative.dev/v1;Configuration;NAME LATESTCREATED LATESTREADY READY REASON
          ebb.dev/v1;Function;NAME RUNTIME URL READY REASON AGE
          v1;Namespace;NAME STATUS AGE
          v1;Secret;NAME TYPE DATA AGE
          v1;ConfigMap;NAME DATA AGE
          v1;ServiceAccount;NAME SECRETS AGE
          v1;Pod;NAME READY STATUS RESTARTS AGE (IP) (NODE) (NOMINATED_NODE) (READINESS_GATES)
          v1;Service;NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE (SELECTOR)
          v1;Endpoints;NAME ENDPOINTS AGE
          v1;Event;LAST_SEEN TYPE REASON OBJECT (SUBOBJECT) (SOURCE) MESSAGE (FIRST_SEEN) (COUNT) (NAME)
          apps/v1;Deployment;NAME READY UP-TO-DATE AVAILABLE AGE (CONTAINERS) (IMAGES) (SELECTOR)
          apps/v1;ReplicaSet;NAME DESIRED CURRENT READY AGE (CONTAINERS) (IMAGES) (SELECTOR)
          """)
  void theColumnsAreThoseThatPeopleKnow(String apiVersion, String kind, String columns) {
    assertThat(
            table(apiVersion, kind).columns().stream()
                .map(ObjectTableTest::heading)
                .collect(Collectors.joining(" ")))
        .isEqualTo(columns);
  }

  private static String heading(PrinterColumn column) {
    String name = column.name().toUpperCase(java.util.Locale.ROOT).replace(' ', '_');
    return column.priority() == 0 ? name : "(" + name + ")";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          serving.knative.dev/v1;Service;{metadata: {name: 'a'}};["a",null,null,null,null,null]
          serving.knative.dev/v1;Service;{metadata: {name: 'a'}, status: {url: 'http://a', latestCreatedRevisionName: 'a-1', latestReadyRevisionName: 'a-0', conditions: [{type: 'Ready', status: 'False', reason: 'X'}]}};["a","http://a","a-1","a-0","False","X"]
          serving.knative.dev/v1;Revision;{metadata: {name: 'r', labels: {'serving.knative.dev/configuration': 'c', 'serving.knative.dev/configurationGeneration': '2'}}, status: {actualReplicas: 0, desiredReplicas: 1}};["r","c","2",null,null,0,1]
          v1;Secret;{metadata: {name: 's', creationTimestamp: '2026-01-01T00:00:00Z'}, type: 'Opaque', data: {a: 'YQ==', b: ''}};["s","Opaque",2,"10m"]
          v1;Namespace;{metadata: {name: 'n', creationTimestamp: 'nonsense'}, status: {phase: 'Active'}};["n","Active","<unknown>"]
          v1;ConfigMap;{metadata: {name: 'c', creationTimestamp: '2026-01-01T00:09:00Z'}, data: {a: 'x'}, binaryData: {b: 'YQ=='}};["c",2,"60s"]
          v1;Pod;{metadata: {name: 'p'}, spec: {containers: [{}, {}], nodeName: 'me'}, status: {phase: 'Running', podIP: '10.0.0.1', containerStatuses: [{ready: true, restartCount: 2, lastState: {terminated: {finishedAt: '2026-01-01T00:05:00Z'}}}, {ready: false, state: {waiting: {reason: 'CrashLoopBackOff'}}}]}};["p","1/2","CrashLoopBackOff","2 (5m ago)",null,"10.0.0.1","me","<none>","<none>"]
          v1;Pod;{metadata: {name: 'p', deletionTimestamp: '2026-01-01T00:09:00Z'}, spec: {containers: [{}]}, status: {phase: 'Running'}};["p","0/1","Terminating","0",null,"<none>","<none>","<none>","<none>"]
          v1;Pod;{metadata: {name: 'p'}, spec: {containers: [{}]}, status: {containerStatuses: [{state: {terminated: {exitCode: 137}}}]}};["p","0/1","ExitCode:137","0",null,"<none>","<none>","<none>","<none>"]
          v1;Service;{metadata: {name: 's'}, spec: {type: 'ClusterIP', clusterIP: '10.0.0.9', selector: {a: 'b'}, ports: [{port: 80}, {port: 53, protocol: 'UDP', nodePort: 30053}]}};["s","ClusterIP","10.0.0.9","<none>","80/TCP,53:30053/UDP",null,"a=b"]
          v1;Service;{metadata: {name: 's'}, spec: {type: 'LoadBalancer'}};["s","LoadBalancer","<none>","<pending>","<none>",null,"<none>"]
          v1;Endpoints;{metadata: {name: 'e'}, subsets: [{addresses: [{ip: '1.1.1.1'}, {ip: '2.2.2.2'}], ports: [{port: 80}, {port: 81}]}]};["e","1.1.1.1:80,1.1.1.1:81,2.2.2.2:80 + 1 more...",null]
          v1;Event;{metadata: {name: 'e'}, involvedObject: {kind: 'Pod', name: 'p'}, type: 'Normal', reason: 'Started', message: ' hi\\n', lastTimestamp: '2026-01-01T00:09:30Z'};["30s","Normal","Started","pod/p","","","hi","<unknown>",1,"e"]
          apps/v1;Deployment;{metadata: {name: 'd'}, spec: {replicas: 2, selector: {matchLabels: {x: 'y', z: 'w'}}, template: {spec: {containers: [{name: 'c1', image: 'i1'}, {name: 'c2', image: 'i2'}]}}}, status: {readyReplicas: 1, updatedReplicas: 2}};["d","1/2",2,0,null,"c1,c2","i1,i2","x=y,z=w"]
          """)
  void aRowShowsWhatKubectlShows(String apiVersion, String kind, String json, String cells) {
    assertThat(table(apiVersion, kind).cells(object(json), NOW)).hasToString(cells);
  }

  @Test
  void theNameColumnIsMarkedForKubectl() {
    assertThat(table("v1", "Namespace").columnDefinitions().get(0))
        .hasToString(
            "{\"name\":\"Name\",\"type\":\"string\",\"format\":\"name\","
                + "\"description\":\"The name of the object.\",\"priority\":0}");
  }

  private static ObjectTable table(String apiVersion, String kind) {
    return new ObjectTable(KINDS.byType(GroupVersionKind.of(apiVersion, kind)).orElseThrow());
  }
}
