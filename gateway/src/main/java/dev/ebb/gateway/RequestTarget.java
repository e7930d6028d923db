package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;

/// What a request line and `Host` ask for (RFC 9112, section 3).
///
/// @param authority the host as the client wrote it, with port
/// @param host lower case, without port and trailing dot
/// @param path without query and without dot segments
/// @param query with its question mark, or empty
record RequestTarget(String authority, String host, String path, String query) {
  /// Of a request that is for the server itself, or that cannot be read.
  static final RequestTarget NONE = new RequestTarget("", "", "", "");

  /// Thrown for a request that names no place.
  static final class MalformedException extends RuntimeException {
    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  static RequestTarget of(HttpRequest request) {
    String authority = authority(request);
    String uri = request.uri();
    if (!uri.startsWith("/")) {
      int scheme = schemeLength(uri);
      int slash = indexOfAny(uri, scheme);
      authority = uri.substring(scheme, slash);
      uri = uri.substring(slash);
      if (!uri.startsWith("/")) {
        uri = "/" + uri;
      }
    }
    if (uri.indexOf('#') >= 0) {
      throw new MalformedException("a request target has no fragment");
    }
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    String query = question < 0 ? "" : uri.substring(question);
    return new RequestTarget(authority, host(authority), withoutDotSegments(path), query);
  }

  private static String authority(HttpRequest request) {
    Iterator<String> hosts = request.headers().valueStringIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
        throw new MalformedException("no Host header");
      }
      return "";
    }
    String host = hosts.next();
    if (hosts.hasNext()) {
      throw new MalformedException("more than one Host header");
    }
    return host;
  }

  /// The length of `http://`; the only absolute form there is here.
  private static int schemeLength(String uri) {
    for (String scheme : new String[] {"http://", "https://"}) {
      if (uri.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    throw new MalformedException("the request target is neither a path nor an http URL");
  }

  private static int indexOfAny(String uri, int from) {
    for (int i = from; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return i;
      }
    }
    return uri.length();
  }

  private static String host(String authority) {
    int end = authority.length();
    boolean lower = true;
    int colon = -1;
    for (int i = 0; i < end; i++) {
      char c = authority.charAt(i);
      if (!hostCharacter(c)) {
        throw new MalformedException("the host has a character that no host has");
      }
      lower &= c < 'A' || c > 'Z';
      if (c == ':' && (authority.charAt(0) != '[' || authority.charAt(i - 1) == ']')) {
        colon = i;
        break;
      }
    }
    if (colon >= 0) {
      requirePort(authority, colon + 1);
      end = colon;
    }
    if (end > 0 && authority.charAt(end - 1) == '.') {
      end--;
    }
    String host = authority.substring(0, end);
    return lower ? host : host.toLowerCase(Locale.ROOT);
  }

  private static boolean hostCharacter(char c) {
    return c > ' ' && c < 0x7f && "\"#%/<>?@\\^`{|},;'()".indexOf(c) < 0;
  }

  private static void requirePort(String authority, int from) {
    for (int i = from; i < authority.length(); i++) {
      if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
        throw new MalformedException("the port in the host is not a number");
      }
    }
  }

  /// Takes `.` and `..` away (RFC 3986, section 5.2.4), also when written as `%2e`. A path without
  /// them, and that is nearly each, is left as it is. Nothing else is decoded or changed, since a
  /// function may tell `%2F` from `/` and `//` from `/`.
  private static String withoutDotSegments(String path) {
    if (!path.contains("/.") && !path.contains("/%2")) {
      return path;
    }
    String[] segments = path.substring(1).split("/", -1);
    Deque<String> kept = new ArrayDeque<>();
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      String plain = segments[i].replace("%2e", ".").replace("%2E", ".");
      if (plain.equals("..")) {
        kept.pollLast();
      }
      if (!plain.equals(".") && !plain.equals("..")) {
        kept.addLast(segments[i]);
      } else if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }
}
