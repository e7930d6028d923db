package dev.ebb.images.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Which certificates registries may have: those that Java trusts, those that the machine trusts,
/// where companies add their own authorities, and those of the operator's file.
final class TrustedCertificates {
  // Debian and Alpine, then Fedora and its relatives.
  private static final Path[] MACHINE = {
    Path.of("/etc/ssl/certs/ca-certificates.crt"), Path.of("/etc/pki/tls/certs/ca-bundle.crt")
  };

  private TrustedCertificates() {}

  /// @throws UncheckedIOException when the operator's file cannot be read or has no certificate
  static SSLContext verifying(Optional<Path> file) {
    try {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (var certificate : ofJava()) {
        store.setCertificateEntry("java-" + store.size(), certificate);
      }
      for (var machine : MACHINE) {
        if (Files.isReadable(machine)) {
          add(machine, store);
        }
      }
      if (file.isPresent() && add(file.get(), store) == 0) {
        throw new IOException("there is no PEM certificate in " + file.get());
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return context(trust.getTrustManagers());
    } catch (GeneralSecurityException e) {
      throw new UncheckedIOException(
          new IOException(
              "cannot read certificates" + file.map(it -> ", of " + it + " too").orElse(""), e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// For hosts that the operator named insecure: encrypted, but with anybody.
  static SSLContext trustingAnybody() {
    return context(new TrustManager[] {new Anybody()});
  }

  private static X509Certificate[] ofJava() throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509.getAcceptedIssuers();
      }
    }
    return new X509Certificate[0];
  }

  private static int add(Path file, KeyStore store) throws IOException, GeneralSecurityException {
    int added = 0;
    try (var in = Files.newInputStream(file)) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("file-" + store.size(), certificate);
        added++;
      }
    }
    return added;
  }

  private static SSLContext context(TrustManager[] managers) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has TLS", e);
    }
  }

  /// An extended one, so that the host's name is not compared either.
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
