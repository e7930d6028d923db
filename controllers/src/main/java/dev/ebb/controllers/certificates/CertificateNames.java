package dev.ebb.controllers.certificates;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// For which hosts a certificate is (RFC 9525, sections 6.3 and 6.5): only the subject alternative
/// names count, as in every client of today.
final class CertificateNames {
  private static final int DNS_NAME = 2;

  private CertificateNames() {}

  static Set<String> of(X509Certificate certificate) {
    Set<String> names = new TreeSet<>();
    try {
      Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      if (entries != null) {
        for (List<?> entry : entries) {
          if (entry.get(0).equals(DNS_NAME)) {
            names.add(((String) entry.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
      return names;
    } catch (CertificateParsingException _) {
      return Set.of(); // Clients cannot read them either.
    }
  }

  /// A wildcard stands for one label, the first.
  static boolean covers(X509Certificate certificate, String host) {
    Set<String> names = of(certificate);
    int dot = host.indexOf('.');
    return names.contains(host) || (dot > 0 && names.contains("*" + host.substring(dot)));
  }
}
