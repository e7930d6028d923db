package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.PullCredentials.Entry;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the two forms of Docker's configuration file that a Secret may hold: the newer one has the
/// older one under `auths`.
final class DockerConfig {
  private static final JsonMapper JSON = new JsonMapper();

  private DockerConfig() {}

  static PullCredentials ofSecret(String type, Map<String, byte[]> data) {
    return switch (type) {
      case "kubernetes.io/dockerconfigjson" ->
          credentials(".dockerconfigjson", read(".dockerconfigjson", data).path("auths"));
      case "kubernetes.io/dockercfg" -> credentials(".dockercfg", read(".dockercfg", data));
      default -> PullCredentials.none();
    };
  }

  private static PullCredentials credentials(String key, JsonNode auths) {
    List<Entry> entries = new ArrayList<>();
    auths
        .properties()
        .forEach(it ->
            entries.add(new Entry(RegistryKey.parse(it.getKey()), credential(key, it.getValue()))));
    return new PullCredentials(entries);
  }

  private static Credential credential(String key, JsonNode entry) {
    var identityToken = entry.path("identitytoken").asString("");
    var auth = entry.path("auth").asString("");
    if (auth.isEmpty()) {
      return new Credential(
          entry.path("username").asString(""), entry.path("password").asString(""), identityToken);
    }
    var decoded = decode(key, auth.strip());
    int colon = decoded.indexOf(':');
    if (colon < 0) {
      throw notUserAndPassword(key);
    }
    // The Docker client pads with zero bytes.
    var password = decoded.substring(colon + 1).replaceAll("\0+$", "");
    return new Credential(decoded.substring(0, colon), password, identityToken);
  }

  private static String decode(String key, String auth) {
    try {
      return new String(Base64.getDecoder().decode(auth), UTF_8);
    } catch (IllegalArgumentException e) {
      throw notUserAndPassword(key);
    }
  }

  private static JsonNode read(String key, Map<String, byte[]> data) {
    var bytes = data.get(key);
    if (bytes == null) {
      throw invalid("the Secret has no key '" + key + "'");
    }
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      // The parser's message could quote a password.
      throw invalid("'" + key + "' of the Secret is not JSON");
    }
  }

  private static ImageException notUserAndPassword(String key) {
    return invalid("an 'auth' in '" + key + "' is not base64 of 'username:password'");
  }

  private static ImageException invalid(String message) {
    return new ImageException(Reason.INVALID, message);
  }
}
