package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.SessionAffinity;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The cookie that brings a client back to the target that it had (RFC 6265). Its value is a keyed
/// digest of the target's name: it says nothing to anybody, is the same at every gateway with the
/// key, and there is one for each target and no other. Immutable.
final class AffinityCookie {
  /// Of a digest; more than anybody guesses.
  private static final int BYTES = 16;

  private final SessionAffinity settings;
  private final Map<String, RouteTarget> targets = new HashMap<>();
  private final Map<RouteTarget, String> values = new HashMap<>();

  AffinityCookie(SessionAffinity settings, Iterable<RouteTarget> targets) {
    this.settings = settings;
    for (RouteTarget target : targets) {
      String value = value(target);
      this.targets.put(value, target);
      values.put(target, value);
    }
  }

  /// Which target a request's cookies name; null when they name none that has a share.
  @Nullable RouteTarget find(HttpHeaders headers) {
    Iterator<String> lines = headers.valueStringIterator(HttpHeaderNames.COOKIE);
    while (lines.hasNext()) {
      for (String pair : lines.next().split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equals(settings.cookie())) {
          RouteTarget target = targets.get(pair.substring(equals + 1).strip());
          if (target != null) {
            return target;
          }
        }
      }
    }
    return null;
  }

  /// What a response says to a client that shall come back to a target. The browser forgets it when
  /// it ends; no script reads it, and other sites do not send it along with what they embed.
  ///
  /// @param secure whether the client asked over TLS, and shall tell it over TLS only
  String setCookie(RouteTarget target, boolean secure) {
    return settings.cookie()
        + "="
        + values.get(target)
        + "; Path="
        + settings.path()
        + "; HttpOnly; SameSite=Lax"
        + (secure ? "; Secure" : "");
  }

  private String value(RouteTarget target) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(settings.key().getBytes(UTF_8), mac.getAlgorithm()));
      byte[] digest = mac.doFinal(target.toString().getBytes(UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, BYTES));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has HmacSHA256", impossible);
    }
  }
}
