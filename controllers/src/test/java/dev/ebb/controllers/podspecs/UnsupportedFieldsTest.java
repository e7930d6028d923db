package dev.ebb.controllers.podspecs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class UnsupportedFieldsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"hostNetwork": true}                                             | HostNamespacesNotSupported | hostNetwork
          {"hostPID": true}                                                 | HostNamespacesNotSupported | hostPID
          {"hostIPC": true}                                                 | HostNamespacesNotSupported | hostIPC
          {"os": {"name": "windows"}}                                       | PodOSNotSupported          | os.name
          {"runtimeClassName": "gvisor"}                                    | RuntimeClassNotSupported   | there is no RuntimeClass "gvisor"
          {"dnsConfig": {"nameservers": ["1.1.1.1"]}}                       | DNSConfigNotSupported      | dnsConfig
          {"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}}     | SysctlForbidden            | forbidden sysctl: "kernel.msgmax" not allowlisted
          {"securityContext": {"seccompProfile": {"type": "Localhost"}}}    | ProfileNotSupported        | securityContext.seccompProfile
          {"volumes": [{"name": "v", "nfs": {"server": "s"}}]}              | VolumeNotSupported         | volumes[v]: no volume can be made of nfs
          {"volumes": [{"name": "v", "csi": {"driver": "s"}}]}              | VolumeNotSupported         | volumes[v]: no volume can be made of csi
          {"volumes": [{"name": "v", "ephemeral": {}}]}                     | VolumeNotSupported         | volumes[v]: no volume can be made of ephemeral
          {"volumes": [{"name": "v", "emptyDir": {"medium": "HugePages"}}]} | VolumeNotSupported         | volumes[v].emptyDir.medium
          {"volumes": [{"name": "v", "projected": {"sources": [{"clusterTrustBundle": {}}]}}]} | VolumeNotSupported | volumes[v].projected: no file can be made of clusterTrustBundle
          {"containers": [{"name": "c", "securityContext": {"privileged": true}}]} | PrivilegedNotSupported | containers[c].securityContext.privileged
          {"initContainers": [{"name": "i", "securityContext": {"privileged": true}}]} | PrivilegedNotSupported | initContainers[i].securityContext.privileged
          {"containers": [{"name": "c", "securityContext": {"procMount": "Unmasked"}}]} | ProcMountNotSupported | containers[c].securityContext.procMount
          {"containers": [{"name": "c", "securityContext": {"windowsOptions": {"runAsUserName": "x"}}}]} | PodOSNotSupported | windowsOptions
          {"containers": [{"name": "c", "volumeDevices": [{"name": "d"}]}]} | DevicesNotSupported        | containers[c].volumeDevices
          {"containers": [{"name": "c", "resources": {"limits": {"nvidia.com/gpu": 1}}}]} | Unschedulable | 0/1 nodes are available: 1 Insufficient nvidia.com/gpu.
          {"containers": [{"name": "c", "ports": [{"containerPort": 80, "hostPort": 80}]}]} | HostPortNotSupported | containers[c].ports.hostPort
          {"containers": [{"name": "c", "volumeMounts": [{"name": "v", "subPathExpr": "$(A)"}]}]} | VolumeNotSupported | containers[c].volumeMounts[v].subPathExpr
          {"containers": [{"name": "c", "volumeMounts": [{"name": "v", "mountPropagation": "Bidirectional"}]}]} | VolumeNotSupported | mountPropagation
          """)
  void whatNoNodeGivesIsRefusedByItsName(String spec, String reason, String message) {
    assertThat(UnsupportedFields.of(JSON.readTree(spec)))
        .hasValueSatisfying(refusal -> {
          assertThat(refusal.reason()).isEqualTo(reason);
          assertThat(refusal.message()).contains(message);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"hostNetwork\": false, \"hostUsers\": true, \"os\": {\"name\": \"linux\"}}",
        "{\"dnsPolicy\": \"ClusterFirst\", \"dnsConfig\": {\"options\": [{\"name\": \"ndots\"}]}}",
        "{\"securityContext\": {\"sysctls\": [{\"name\": \"net/ipv4/tcp_syncookies\"}]}}",
        "{\"containers\": [{\"securityContext\": {\"privileged\": false, \"procMount\": \"Default\"}}]}",
        "{\"containers\": [{\"resources\": {\"limits\": {\"ephemeral-storage\": \"1Gi\"}}}]}",
        "{\"tolerations\": [{\"operator\": \"Exists\"}], \"priorityClassName\": \"x\"}"
      })
  void whatIsGivenOrOnlyAHintIsNot(String spec) {
    assertThat(UnsupportedFields.of(JSON.readTree(spec))).isEmpty();
  }
}
