package dev.ebb.apiserver;

import dev.ebb.apiserver.CertificateAuthority.Pair;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes certificates (RFC 5280) with P-256 keys. The only class that touches BouncyCastle, so that
/// it is loaded only when a certificate is made.
final class CertificateMaker {
  /// Clocks of clients may be a little behind.
  private static final Duration BACKDATED = Duration.ofHours(1);

  private CertificateMaker() {}

  static Pair authority(Instant now, Instant end) {
    try {
      KeyPair keys = newKeys();
      return authority(new X500Name("CN=ebb-ca-" + now.getEpochSecond()), keys, now, end);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate authority", e);
    }
  }

  /// The same authority, by name and key, for another time.
  static Pair renewed(Pair authority, Instant now, Instant end) {
    return authority(
        name(authority),
        new KeyPair(authority.certificate().getPublicKey(), authority.key()),
        now,
        end);
  }

  private static Pair authority(X500Name name, KeyPair keys, Instant now, Instant end) {
    try {
      X509v3CertificateBuilder builder = builder(name, name, keys.getPublic(), now, end);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return new Pair(sign(builder, keys.getPrivate()), keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot make a certificate authority", e);
    }
  }

  /// @param subject its common name, which no client looks at
  /// @param names DNS names and addresses
  static Pair server(
      Pair authority, String subject, Collection<String> names, Instant now, Instant end) {
    try {
      KeyPair keys = newKeys();
      X509v3CertificateBuilder builder =
          builder(name(authority), new X500Name("CN=" + subject), keys.getPublic(), now, end);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.certificate()));
      builder.addExtension(Extension.subjectAlternativeName, false, generalNames(names));
      return new Pair(sign(builder, authority.key()), keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot make a server certificate", e);
    }
  }

  private static X500Name name(Pair authority) {
    return X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
  }

  private static GeneralNames generalNames(Collection<String> names) {
    return new GeneralNames(
        names.stream()
            .map(name ->
                new GeneralName(
                    CertificateNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName,
                    name))
            .toArray(GeneralName[]::new));
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant end) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, new SecureRandom()).setBit(126),
        Date.from(now.minus(BACKDATED)),
        Date.from(end),
        subject,
        key);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
