package dev.ebb.gateway;

import io.netty.handler.ssl.SslContext;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLException;

/// What handshakes need beside the certificate, made when it is first asked for: a server with ten
/// thousand domains pays for those that are in use. Thread-safe.
///
/// One that is gone from here is made again, in less than a handshake takes; its clients' sessions
/// are lost with it.
final class TlsContexts {
  /// About 20 KB each, most of it what Java keeps for sessions.
  static final int MOST = 1_000;

  private final Map<TlsIdentity, SslContext> recent =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TlsIdentity, SslContext> eldest) {
          return size() > MOST;
        }
      };

  /// @throws SSLException when Java cannot use the key
  synchronized SslContext of(TlsIdentity identity) throws SSLException {
    SslContext present = recent.get(identity);
    if (present == null) {
      present = identity.newContext();
      recent.put(identity, present);
    }
    return present;
  }

  /// Sessions end with their certificate.
  synchronized void retain(CertificateIndex certificates) {
    recent.keySet().removeIf(identity -> !certificates.has(identity));
  }

  synchronized int size() {
    return recent.size();
  }
}
