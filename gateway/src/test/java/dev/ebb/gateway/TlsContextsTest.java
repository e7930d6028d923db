package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.ServerCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the gateway keeps for certificates: bounded, and no longer than they are there.
class TlsContextsTest {
  private final TlsContexts contexts = new TlsContexts();
  private final ServerCertificate certificate;

  TlsContextsTest() throws Exception {
    certificate = new TestAuthority().issue("hello.example");
  }

  @Test
  void thoseThatWereNotUsedForLongestGoFirst() throws Exception {
    TlsIdentity kept = new TlsIdentity(certificate);
    var first = contexts.of(kept);
    List<TlsIdentity> others = new ArrayList<>();
    for (int i = 0; i < TlsContexts.MOST; i++) {
      others.add(new TlsIdentity(certificate));
      contexts.of(others.getLast());
      assertThat(contexts.of(kept)).isSameAs(first);
    }
    assertThat(contexts.size()).isEqualTo(TlsContexts.MOST);
    assertThat(contexts.of(others.getFirst())).isNotNull();
    assertThat(contexts.size()).isEqualTo(TlsContexts.MOST);
  }

  @Test
  void theyStayWhileTheirCertificateIsThere() throws Exception {
    CertificateIndex one = index(CertificateIndex.EMPTY, certificate);
    TlsIdentity identity = Objects.requireNonNull(one.find("hello.example"));
    var context = contexts.of(identity);

    CertificateIndex same = index(one, certificate);
    contexts.retain(same);
    assertThat(same.find("hello.example")).isSameAs(identity);
    assertThat(contexts.of(identity)).isSameAs(context);

    contexts.retain(index(same, new TestAuthority().issue("hello.example")));
    assertThat(contexts.size()).isZero();
  }

  private static CertificateIndex index(CertificateIndex previous, ServerCertificate certificate) {
    return CertificateIndex.of(
        new CertificateTable(Map.of("hello.example", certificate), Optional.empty()), previous);
  }
}
