package dev.ebb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whose certificates a command takes, in the words of curl.
final class TrustOptions {
  @Option(
      names = {"-k", "--insecure"},
      description = "Take any certificate.")
  private boolean insecure;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description =
          "Take certificates of the authorities in this PEM file only (default: those that Java"
              + " knows, and that of the server on this machine).")
  private @Nullable Path authorities;

  boolean insecure() {
    return insecure;
  }

  /// @param own the authority of the server that runs here, if one is asked
  /// @throws CliException when a file has no certificate
  SSLContext context(Optional<Path> own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, insecure ? new TrustManager[] {new Anybody()} : trusted(own), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  private TrustManager[] trusted(Optional<Path> own) throws GeneralSecurityException {
    List<Certificate> anchors = new ArrayList<>();
    if (authorities != null) {
      anchors.addAll(read(authorities));
    } else {
      anchors.addAll(known());
      own.filter(Files::isReadable).map(TrustOptions::read).ifPresent(anchors::addAll);
    }
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < anchors.size(); i++) {
        store.setCertificateEntry("authority-" + i, anchors.get(i));
      }
      return factory(store).getTrustManagers();
    } catch (IOException e) {
      throw new IllegalStateException("an empty store can be made", e);
    }
  }

  private static List<X509Certificate> known() throws GeneralSecurityException {
    return Arrays.stream(factory(null).getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
        .toList();
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static Collection<? extends Certificate> read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new CliException("there is no certificate in " + file);
      }
      return found;
    } catch (IOException e) {
      throw FileErrors.cannotRead(file, e);
    } catch (CertificateException e) {
      throw new CliException("there is no certificate in " + file);
    }
  }

  /// Of the extended kind, for the other one is made to look at names too.
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
