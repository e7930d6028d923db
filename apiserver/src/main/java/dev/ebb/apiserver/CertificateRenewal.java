package dev.ebb.apiserver;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Keeps the certificate of a server that runs for months from ending.
final class CertificateRenewal implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(CertificateRenewal.class.getName());

  /// Twice a day is often enough for a month of warning.
  private static final Duration PERIOD = Duration.ofHours(12);

  private final Supplier<CertificateAuthority.Identity> identity;
  private final Consumer<CertificateAuthority.Identity> reload;
  private final CountDownLatch closed = new CountDownLatch(1);
  private CertificateAuthority.Identity present;

  /// @param identity reads the certificate, renewed when it is about to end
  /// @param reload puts a new one into use for new connections
  CertificateRenewal(
      CertificateAuthority.Identity present,
      Supplier<CertificateAuthority.Identity> identity,
      Consumer<CertificateAuthority.Identity> reload) {
    this.present = present;
    this.identity = identity;
    this.reload = reload;
    Thread.ofVirtual().name("apiserver-certificate-renewal").start(this::run);
  }

  /// Renews if it has to be.
  synchronized void check() {
    CertificateAuthority.Identity next = identity.get();
    if (!next.certificate().equals(present.certificate())
        || !next.authority().equals(present.authority())) {
      reload.accept(next);
      present = next;
      LOGGER.log(
          System.Logger.Level.INFO,
          "The server has a new certificate, until " + next.certificate().getNotAfter());
    }
  }

  private void run() {
    try {
      while (!closed.await(PERIOD.toHours(), TimeUnit.HOURS)) {
        try {
          check();
        } catch (RuntimeException e) {
          LOGGER.log(System.Logger.Level.ERROR, "The certificate could not be renewed", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
