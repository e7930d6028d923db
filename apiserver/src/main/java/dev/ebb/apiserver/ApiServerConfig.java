package dev.ebb.apiserver;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where and how the API is served.
///
/// @param addresses to listen on with TLS; the first one must work, of the others those that this
///   machine has are used
/// @param port 0 for any free one, the same for all addresses
/// @param pki the directory of the certificate authority and the server's certificate
/// @param token the file of the bearer token
/// @param kubeconfig written at the start; never the user's own
/// @param socket a unix socket without TLS whose directory only its owner can enter
public record ApiServerConfig(
    List<InetAddress> addresses,
    int port,
    Path pki,
    Path token,
    Path kubeconfig,
    Optional<Path> socket,
    VersionInfo version,
    ServerLimits limits) {
  public ApiServerConfig {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("at least one address is needed");
    }
  }

  /// With the files where a data directory has them.
  public static ApiServerConfig inDataDirectory(
      List<InetAddress> addresses, Path dataDirectory, int port, Path socket, VersionInfo version) {
    Path pki = pki(dataDirectory);
    return new ApiServerConfig(
        addresses,
        port,
        pki,
        pki.resolve("token"),
        dataDirectory.resolve("kubeconfig"),
        Optional.of(socket),
        version,
        ServerLimits.DEFAULT);
  }

  /// Where keys and certificates are.
  public static Path pki(Path dataDirectory) {
    return dataDirectory.resolve("pki");
  }

  /// `127.0.0.1` and `::1`.
  public static List<InetAddress> loopback() {
    return List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
  }
}
