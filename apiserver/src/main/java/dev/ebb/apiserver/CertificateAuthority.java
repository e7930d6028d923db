package dev.ebb.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Ebb's own certificate authority: one directory with `ca.crt`, `ca.key`, `server.crt` and
/// `server.key` in PEM, mode 0600.
///
/// A normal start only reads them, by means of the JDK; certificates are made by
/// [CertificateMaker], with which BouncyCastle is loaded.
public final class CertificateAuthority {
  /// A server certificate that ends sooner is replaced: a month to notice a server that is not
  /// restarted and whose clock is wrong.
  static final Duration RENEW_BEFORE = Duration.ofDays(30);

  private static final Duration CA_LIFETIME = Duration.ofDays(3652);
  private static final Duration SERVER_LIFETIME = Duration.ofDays(365);

  /// So early that no server certificate has to end before its time. The renewed authority keeps
  /// its key and its name, so what it signed stays good, and clients that know the old one trust
  /// what the new one signs, until the old one ends: they have a year to fetch the new one.
  private static final Duration RENEW_AUTHORITY_BEFORE = SERVER_LIFETIME.plus(RENEW_BEFORE);

  /// Of certificates that only the gateway has, in memory: as long as a token that is renewed.
  private static final Duration ISSUED_LIFETIME = Duration.ofDays(30);

  /// All servers of a process look after their files one after the other: the API's own and the
  /// gateway's, which may both find that there is no authority yet.
  private static final Object FILES = new Object();

  private static final Set<String> NAMES =
      Set.of(
          "localhost",
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local");

  private final Path directory;
  private final InstantSource clock;

  public CertificateAuthority(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /// A certificate with its key and the one that vouches for it.
  ///
  /// @param authorityPem `ca.crt`, for clients to trust
  public record Identity(
      X509Certificate certificate,
      PrivateKey key,
      X509Certificate authority,
      String authorityPem) {}

  /// The server's certificate, made or renewed when it has to be.
  ///
  /// @param addresses that the server listens on
  /// @param hostname of this machine, if it has one
  /// @throws UncheckedIOException when a file can neither be read nor written
  public Identity server(Collection<InetAddress> addresses, Optional<String> hostname) {
    synchronized (FILES) {
      return ownServer(addresses, hostname);
    }
  }

  /// A certificate for servers at these names, with a key of its own, that nobody keeps.
  ///
  /// @param hosts DNS names, and wildcards as `*.default.localhost`
  /// @throws UncheckedIOException when a file can neither be read nor written
  public Identity issue(Collection<String> hosts) {
    synchronized (FILES) {
      try {
        Pair authority = presentOrNew(authority());
        Instant now = clock.instant();
        Pair pair =
            CertificateMaker.server(
                authority, "ebb-gateway", hosts, now, end(authority, now.plus(ISSUED_LIFETIME)));
        return identity(pair, authority);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read or write the authority in " + directory, e);
      }
    }
  }

  private Identity ownServer(Collection<InetAddress> addresses, Optional<String> hostname) {
    try {
      Optional<Pair> authority = authority();
      Optional<Pair> server = read("server");
      Set<String> names = names(addresses, hostname);
      if (authority.isPresent()
          && server.isPresent()
          && lasts(server.get().certificate(), RENEW_BEFORE)
          && signedBy(server.get().certificate(), authority.get().certificate())
          && CertificateNames.of(server.get().certificate()).containsAll(names)) {
        return identity(server.get(), authority.get());
      }
      return make(authority, names);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write the certificates in " + directory, e);
    }
  }

  private Optional<Pair> authority() throws IOException {
    Optional<Pair> present = read("ca").filter(pair -> lasts(pair.certificate(), Duration.ZERO));
    if (present.isEmpty() || lasts(present.get().certificate(), RENEW_AUTHORITY_BEFORE)) {
      return present;
    }
    Instant now = clock.instant();
    Pair renewed = CertificateMaker.renewed(present.get(), now, now.plus(CA_LIFETIME));
    write("ca", renewed);
    return Optional.of(renewed);
  }

  private Identity make(Optional<Pair> present, Set<String> names) throws IOException {
    Instant now = clock.instant();
    Pair authority = presentOrNew(present);
    Pair server =
        CertificateMaker.server(
            authority, "ebb-apiserver", names, now, end(authority, now.plus(SERVER_LIFETIME)));
    write("server", server);
    return identity(server, authority);
  }

  private Pair presentOrNew(Optional<Pair> present) throws IOException {
    if (present.isPresent()) {
      return present.get();
    }
    Instant now = clock.instant();
    Pair authority = CertificateMaker.authority(now, now.plus(CA_LIFETIME));
    write("ca", authority);
    return authority;
  }

  /// Nothing outlasts who vouches for it.
  private static Instant end(Pair authority, Instant wanted) {
    Instant last = authority.certificate().getNotAfter().toInstant();
    return wanted.isBefore(last) ? wanted : last;
  }

  /// A certificate and its key.
  record Pair(X509Certificate certificate, PrivateKey key) {}

  private static Identity identity(Pair server, Pair authority) {
    return new Identity(
        server.certificate(),
        server.key(),
        authority.certificate(),
        Pem.encode(authority.certificate()));
  }

  private Optional<Pair> read(String name) throws IOException {
    Path certificate = directory.resolve(name + ".crt");
    Path key = directory.resolve(name + ".key");
    if (!Files.exists(certificate) || !Files.exists(key)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Pair(Pem.certificate(Files.readString(certificate)), Pem.key(Files.readString(key))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("%s or %s is damaged; remove both".formatted(certificate, key), e);
    }
  }

  private void write(String name, Pair pair) throws IOException {
    PrivateFiles.write(directory.resolve(name + ".key"), Pem.encode(pair.key()));
    PrivateFiles.write(directory.resolve(name + ".crt"), Pem.encode(pair.certificate()));
  }

  private boolean lasts(X509Certificate certificate, Duration atLeast) {
    Instant now = clock.instant();
    return !certificate.getNotBefore().toInstant().isAfter(now)
        && certificate.getNotAfter().toInstant().isAfter(now.plus(atLeast));
  }

  private static boolean signedBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Set<String> names(Collection<InetAddress> addresses, Optional<String> hostname)
      throws SocketException {
    Set<String> names = new TreeSet<>(NAMES);
    hostname.filter(CertificateNames::isDnsName).ifPresent(names::add);
    ApiServerConfig.loopback().forEach(address -> names.add(CertificateNames.text(address)));
    for (InetAddress address : addresses) {
      if (address.isAnyLocalAddress()) {
        // Clients on other machines come to whatever address of this one they know.
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .forEach(own -> names.add(CertificateNames.text(own)));
      } else {
        names.add(CertificateNames.text(address));
      }
    }
    return names;
  }
}
