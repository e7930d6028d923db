package dev.ebb.dataplane;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a gateway shows to clients of HTTPS, and proves with its key.
///
/// @param name of where it comes from, for logs: `default/hello-tls`
/// @param chain the certificate of the key first, then those that vouch for it; at least one
/// @param key is in no text of this record
public record ServerCertificate(String name, List<X509Certificate> chain, PrivateKey key) {
  public ServerCertificate {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a key without its certificate");
    }
  }

  @Override
  public String toString() {
    return "certificate %s until %s".formatted(name, chain.getFirst().getNotAfter().toInstant());
  }
}
