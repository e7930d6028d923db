package dev.ebb.images.distribution;

import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What the failures of a registry mean, in words for the user.
final class RegistryErrors {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int DETAIL_CHARACTERS = 300;

  private RegistryErrors() {}

  /// @param body beginning of the answer, where the protocol has its reasons
  /// @param credential with which it was asked, for the message
  static ImageException ofStatus(
      ImageReference image, String host, int status, byte[] body, Optional<Credential> credential) {
    var detail = detail(body);
    var said = detail.isEmpty() ? "" : " (" + detail + ")";
    return switch (status) {
      case 401, 403 ->
          new ImageException(
              Reason.UNAUTHORIZED,
              image
                  + ": pull access denied by "
                  + host
                  + credential
                      .map(it -> " for user '" + shown(it.username()) + "'")
                      .orElse(": it does not exist or needs an imagePullSecret")
                  + said);
      case 404 -> new ImageException(Reason.NOT_FOUND, image + ": not found in " + host + said);
      case 429 ->
          new ImageException(
              Reason.UNREACHABLE, image + ": " + host + " limits the rate of pulls" + said);
      default ->
          new ImageException(
              Reason.UNREACHABLE, image + ": " + host + " answered with status " + status + said);
    };
  }

  static ImageException ofFailure(ImageReference image, String host, IOException failure) {
    return new ImageException(
        Reason.UNREACHABLE, image + ": cannot reach " + host + ": " + words(failure), failure);
  }

  /// Whether the same request could succeed in a moment. Not where nobody listens or the name is
  /// unknown: the user shall know soon.
  static boolean isPassing(IOException failure) {
    return !(failure instanceof SSLException
        || failure instanceof ConnectException
        || failure instanceof HttpConnectTimeoutException
        || failure instanceof UnknownHostException
        || failure.getCause() instanceof UnresolvedAddressException);
  }

  /// @param value of a `Retry-After` header: seconds or a date
  static Optional<Duration> retryAfter(String value, Instant now) {
    try {
      return Optional.of(
          value.matches("[0-9]{1,6}")
              ? Duration.ofSeconds(Long.parseLong(value))
              : Duration.between(
                  now,
                  ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String words(IOException failure) {
    return switch (failure) {
      case SSLHandshakeException tls ->
          "its certificate is not trusted ("
              + message(root(tls))
              + "); name the authority's file with"
              + " --registry-ca or the host with --insecure-registry";
      case ConnectException refused ->
          refused.getCause() instanceof UnresolvedAddressException || causedByUnresolved(refused)
              ? "no such host"
              : message(refused).isEmpty() ? "connection refused" : message(refused);
      case HttpConnectTimeoutException late -> "no connection within the time limit";
      case HttpTimeoutException late -> message(late);
      case UnknownHostException unknown -> "no such host";
      default ->
          failure.getCause() instanceof UnresolvedAddressException
              ? "no such host"
              : message(failure).isEmpty() ? failure.getClass().getSimpleName() : message(failure);
    };
  }

  private static Throwable root(Throwable failure) {
    var root = failure;
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root;
  }

  private static boolean causedByUnresolved(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private static String message(Throwable failure) {
    var message = failure.getMessage();
    return message == null ? "" : shown(message);
  }

  private static String detail(byte[] body) {
    try {
      var error = JSON.readTree(body).path("errors").path(0);
      var message = error.path("message").asString("");
      return shown(message.isEmpty() ? error.path("code").asString("") : message);
    } catch (JacksonException e) {
      return ""; // A proxy's page in HTML tells a user nothing.
    }
  }

  private static String shown(String text) {
    return (text.length() > DETAIL_CHARACTERS ? text.substring(0, DETAIL_CHARACTERS) + "..." : text)
        .replaceAll("\\p{Cntrl}", " ");
  }
}
