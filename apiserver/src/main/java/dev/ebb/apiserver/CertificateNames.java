package dev.ebb.apiserver;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The subject alternative names of a certificate as text: DNS names, and addresses as Java writes
/// them, so that both can be compared.
final class CertificateNames {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final Pattern DNS =
      Pattern.compile(
          "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*");

  private CertificateNames() {}

  static Set<String> of(X509Certificate certificate) {
    Set<String> names = new TreeSet<>();
    try {
      Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      if (entries != null) {
        for (List<?> entry : entries) {
          if (entry.get(0).equals(DNS_NAME)) {
            names.add((String) entry.get(1));
          } else if (entry.get(0).equals(IP_ADDRESS)) {
            names.add(text(InetAddress.ofLiteral((String) entry.get(1))));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // No names that could be read are no names: a new certificate will be made.
      return Set.of();
    }
    return names;
  }

  static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  static boolean isDnsName(String name) {
    return name.length() <= 253 && DNS.matcher(name).matches() && !isAddress(name);
  }
}
