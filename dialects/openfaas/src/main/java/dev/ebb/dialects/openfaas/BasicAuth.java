package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.Resources;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// The user and password of OpenFaaS's API (RFC 7617), in the Secret `basic-auth` of the namespace
/// `openfaas`, where OpenFaaS's own installer puts them: whoever changes the Secret changes the
/// password, at once.
final class BasicAuth {
  static final ObjectKey SECRET = new ObjectKey(FunctionNamespaces.SYSTEM, "basic-auth");

  private static final String USER = "basic-auth-user";
  private static final String PASSWORD = "basic-auth-password";
  private static final String SCHEME = "basic ";
  private static final int PASSWORD_BYTES = 24;

  private final Resources resources;

  BasicAuth(Resources resources) {
    this.resources = resources;
  }

  /// A Secret with a password that nobody has seen.
  static KubernetesObject newSecret() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    return KubernetesObject.of(CoreKinds.SECRET.type(), SECRET)
        .with(json -> {
          json.put("type", "Opaque");
          json.putObject("data")
              .put(USER, Base64.getEncoder().encodeToString("admin".getBytes(UTF_8)))
              .put(PASSWORD, Base64.getEncoder().encodeToString(password.getBytes(UTF_8)));
        });
  }

  /// @param authorization the values of the header of this name
  /// @throws Refusal 401
  void require(List<String> authorization) {
    boolean granted =
        resources
            .find(CoreKinds.SECRET, SECRET)
            .map(secret -> value(secret, USER) + ":" + value(secret, PASSWORD))
            // Without a password nobody gets in.
            .filter(wanted -> wanted.indexOf(':') < wanted.length() - 1)
            .filter(wanted -> authorization.size() == 1 && grants(authorization.getFirst(), wanted))
            .isPresent();
    if (!granted) {
      throw new Refusal(401, "invalid credentials");
    }
  }

  private static boolean grants(String header, String wanted) {
    if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return false;
    }
    byte[] given;
    try {
      given = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
    } catch (IllegalArgumentException e) {
      return false;
    }
    // The time that it takes tells nothing of how much was right.
    return MessageDigest.isEqual(given, wanted.getBytes(UTF_8));
  }

  private static String value(KubernetesObject secret, String key) {
    String data = secret.json().path("data").path(key).asString("");
    return new String(Base64.getDecoder().decode(data), UTF_8);
  }
}
