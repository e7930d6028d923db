package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.apiserver.CertificateAuthority.Identity;
import dev.ebb.resources.testing.SettableClock;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthorityTest {
  private static final List<InetAddress> LOOPBACK = ApiServerConfig.loopback();

  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir private Path directory;

  private Identity server() {
    return new CertificateAuthority(directory.resolve("pki"), clock)
        .server(LOOPBACK, Optional.of("host"));
  }

  @Test
  void theCertificateIsForEveryNameOfTheServer() {
    assertThat(CertificateNames.of(server().certificate()))
        .containsExactlyInAnyOrder(
            "127.0.0.1",
            "0:0:0:0:0:0:0:1",
            "host",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "localhost");
  }

  @ParameterizedTest
  @CsvSource({"0, true", "300, true", "334, true", "336, false", "364, false", "400, false"})
  void aCertificateIsKeptUntilAMonthBeforeItsEnd(int days, boolean kept) {
    Identity first = server();
    clock.advance(Duration.ofDays(days));
    Identity second = server();
    assertThat(second.certificate().equals(first.certificate())).isEqualTo(kept);
    assertThat(second.authority()).isEqualTo(first.authority());
  }

  @ParameterizedTest
  @CsvSource({"3200, true", "3256, true", "3258, false", "3640, false"})
  void anAuthorityIsRenewedBeforeAServerCertificateHadToEndWithIt(int days, boolean kept)
      throws Exception {
    Identity first = server();
    clock.advance(Duration.ofDays(days));
    Identity second = server();
    assertThat(second.authority().equals(first.authority())).isEqualTo(kept);
    assertThat(second.certificate().getNotAfter().toInstant())
        .isAfter(clock.instant().plus(Duration.ofDays(360)));
    // Who still trusts the old one trusts the new server, and the other way round.
    second.certificate().verify(first.authority().getPublicKey());
    first.certificate().verify(second.authority().getPublicKey());
    assertThat(second.certificate().getIssuerX500Principal())
        .isEqualTo(first.authority().getSubjectX500Principal());
  }

  @Test
  void anAuthorityThatHasEndedIsReplaced() {
    Identity first = server();
    clock.advance(Duration.ofDays(3660));
    Identity second = server();
    assertThat(second.authority()).isNotEqualTo(first.authority());
    assertThat(second.authority().getNotAfter().toInstant()).isAfter(clock.instant());
  }

  @Test
  void anotherAddressMeansAnotherCertificate() {
    Identity first = server();
    Identity second =
        new CertificateAuthority(directory.resolve("pki"), clock)
            .server(List.of(InetAddress.ofLiteral("192.0.2.7")), Optional.of("host"));
    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    assertThat(CertificateNames.of(second.certificate())).contains("192.0.2.7");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsReplaced() throws Exception {
    Identity first = server();
    Files.delete(directory.resolve("pki/ca.crt"));
    Identity second = server();
    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    second.certificate().verify(second.authority().getPublicKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.crt", "ca.key", "server.crt", "server.key"})
  void aDamagedFileIsNamed(String name) throws Exception {
    server();
    Files.writeString(directory.resolve("pki").resolve(name), "damaged");
    assertThatThrownBy(this::server)
        .isInstanceOf(UncheckedIOException.class)
        .cause()
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @CsvSource({"a, true", "a.b-c, true", "A1, true", "a_b, false", "-a, false", "1.2.3.4, false"})
  void onlyNamesThatDnsCouldHaveAreTaken(String name, boolean taken) {
    assertThat(CertificateNames.isDnsName(name)).isEqualTo(taken);
  }
}
