package dev.ebb.apiserver;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// The user whom a client certificate names: the common name is the user's, each organization a
/// group.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates">X509
///   client certificates</a>
final class CertificateUser {
  private CertificateUser() {}

  /// @param certificate that was verified already
  /// @return empty without a common name
  static Optional<User> of(X509Certificate certificate) {
    String name = "";
    List<String> groups = new ArrayList<>();
    try {
      // An LdapName counts from the right, a certificate from the left.
      List<Rdn> parts =
          new LdapName(certificate.getSubjectX500Principal().getName("RFC2253")).getRdns();
      for (Rdn part : parts) {
        for (Attribute attribute : Collections.list(part.toAttributes().getAll())) {
          String value = attribute.get() instanceof String text ? text : "";
          switch (attribute.getID().toUpperCase(Locale.ROOT)) {
            case "CN" -> name = value;
            case "O" -> groups.add(value);
            default -> {}
          }
        }
      }
    } catch (InvalidNameException e) {
      return Optional.empty();
    } catch (NamingException e) {
      throw new IllegalStateException("the parts of a name are in memory", e);
    }
    if (name.isEmpty()) {
      return Optional.empty();
    }
    groups.removeIf(String::isEmpty);
    if (!groups.contains(User.AUTHENTICATED)) {
      groups.add(User.AUTHENTICATED);
    }
    return Optional.of(new User(name, groups));
  }
}
