package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.certificates.SecretCertificate;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What Secrets with certificates are good for.
class SecretCertificateTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = NOW.plus(Duration.ofDays(30));
  private static final String HOST = "hello.example.com";
  private static final KeyPair KEYS = TestAuthority.keys("EC");
  private static final KeyPair RSA = TestAuthority.keys("RSA");

  private final TestAuthority authority = new TestAuthority(InstantSource.fixed(NOW));

  private SecretCertificate read(String certificate, String key) {
    return SecretCertificate.of(
        World.parse(TestAuthority.secret("cert", certificate, key)), List.of(HOST), NOW);
  }

  private String certificate(KeyPair keys, String... hosts) {
    return TestAuthority.pem(authority.certificate(keys, NOW, END, List.of(hosts)));
  }

  @ParameterizedTest
  @CsvSource({
    "EC, pkcs8",
    "EC, old",
    "EC, old with parameters",
    "RSA, pkcs8",
    "RSA, old",
    "Ed25519, pkcs8",
    "RSASSA-PSS, pkcs8"
  })
  void everyFormOfAKeyIsRead(String algorithm, String form) {
    KeyPair keys =
        switch (algorithm) {
          case "EC" -> KEYS;
          case "RSA" -> RSA;
          default -> TestAuthority.keys(algorithm);
        };
    String key =
        switch (form) {
          case "pkcs8" -> TestAuthority.pkcs8(keys.getPrivate());
          case "old" -> TestAuthority.pem(keys.getPrivate());
          default ->
              "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                  + TestAuthority.pem(keys.getPrivate());
        };

    SecretCertificate read = read(certificate(keys, HOST), key);

    assertThat(read.problem()).isEmpty();
    assertThat(read.certificate().orElseThrow().key()).isEqualTo(keys.getPrivate());
    assertThat(read.until()).contains(END);
  }

  @Test
  void theWholeChainIsShownInItsOrder() {
    X509Certificate leaf = authority.certificate(KEYS, NOW, END, List.of(HOST));
    X509Certificate above = authority.certificate(TestAuthority.keys("EC"), NOW, END, List.of());
    String text =
        "subject=CN = server\n\n"
            + TestAuthority.pem(leaf)
            + "issuer=CN = authority\r\n"
            + TestAuthority.pem(above).replace("\n", "\r\n");

    assertThat(
            read(text, TestAuthority.pkcs8(KEYS.getPrivate())).certificate().orElseThrow().chain())
        .containsExactly(leaf, above);
  }

  @ParameterizedTest
  @CsvSource({
    "hello.example.com, true",
    "HELLO.example.com, true",
    "*.example.com, true",
    "*.com, false",
    "example.com, false",
    "*.hello.example.com, false",
    "hell*.example.com, false"
  })
  void aCertificateIsForTheHostsThatItNames(String named, boolean covers) {
    SecretCertificate read = read(certificate(KEYS, named), TestAuthority.pkcs8(KEYS.getPrivate()));

    assertThat(read.certificate()).isPresent();
    assertThat(read.problem())
        .isEqualTo(
            covers
                ? Optional.empty()
                : Optional.of(
                    "The certificate in Secret \"default/cert\" is not for hello.example.com but for "
                        + named));
  }

  @Test
  void aNameThatIsNoAlternativeNameCountsForNothing() {
    assertThat(read(certificate(KEYS), TestAuthority.pkcs8(KEYS.getPrivate())).problem())
        .contains(
            "The certificate in Secret \"default/cert\" is not for hello.example.com but for no host");
  }

  @ParameterizedTest
  @CsvSource({
    "2025-12-31T23:59:59Z, The certificate in Secret \"default/cert\" begins 2026-01-01T00:00:00Z,"
        + " 2026-01-01T00:00:00Z",
    "2026-01-31T00:00:00Z, The certificate in Secret \"default/cert\" ended 2026-01-31T00:00:00Z, ''"
  })
  void outsideOfItsTimeItIsShownAndTold(Instant now, String problem, String until) {
    SecretCertificate read =
        SecretCertificate.of(
            World.parse(
                TestAuthority.secret(
                    "cert", certificate(KEYS, HOST), TestAuthority.pkcs8(KEYS.getPrivate()))),
            List.of(HOST),
            now);

    assertThat(read.certificate()).isPresent();
    assertThat(read.problem()).contains(problem);
    assertThat(read.until())
        .isEqualTo(until.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(until)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no certificate: there is no certificate in tls.crt",
        "damaged certificate: a certificate in tls.crt is damaged",
        "no key: there is no private key in tls.key",
        "damaged key: there is no EC key in tls.key, as the certificate has it",
        "half a key: there is no EC key in tls.key, as the certificate has it",
        "encrypted key: the key is encrypted",
        "old encrypted key: the key is encrypted",
        "another's key: the key is not that of the certificate",
        "another kind of key: there is no EC key in tls.key, as the certificate has it",
      })
  void whatCannotBeUsedIsToldWithoutItsContent(String row) {
    String[] parts = row.split(": ", 2);
    String certificate = certificate(KEYS, HOST);
    String key = TestAuthority.pkcs8(KEYS.getPrivate());
    String damaged = TestAuthority.pem(KEYS.getPrivate()).replaceFirst("\n[^\n]{20}", "\n");
    SecretCertificate read =
        switch (parts[0]) {
          case "no certificate" -> read("hello", key);
          case "damaged certificate" -> read(certificate.replaceFirst("\n[^\n]{20}", "\n"), key);
          case "no key" -> read(certificate, "hello");
          case "damaged key" ->
              read(certificate, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
          case "half a key" -> read(certificate, damaged);
          case "encrypted key" ->
              read(
                  certificate,
                  "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----");
          case "old encrypted key" ->
              read(
                  certificate,
                  "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----");
          case "another's key" ->
              read(certificate, TestAuthority.pkcs8(TestAuthority.keys("EC").getPrivate()));
          default -> read(certificate, TestAuthority.pem(RSA.getPrivate()));
        };

    assertThat(read.certificate()).isEmpty();
    assertThat(read.problem()).contains("Secret \"default/cert\" cannot be used: " + parts[1]);
  }
}
