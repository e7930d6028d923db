package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// The client of a connection, and how requests tell the instance of it: `Forwarded` (RFC 7239) and
/// the older headers. Addresses are appended to what a proxy before us said; its protocol and host
/// stand, since it knows them better.
final class Peer {
  private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
  private static final AsciiString FOR = AsciiString.cached("x-forwarded-for");
  private static final AsciiString PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString HOST = AsciiString.cached("x-forwarded-host");

  private final @Nullable SocketAddress remote;
  private final String address;
  private final String forwardedFor;
  private final String protocol;
  private final boolean inside;
  // The requests of a connection mostly have one host; its header is made once.
  private String lastHost = "";
  private String lastForwarded;

  /// @param inside whether it came in where only this machine's clients do
  /// @param secure whether the connection has TLS
  Peer(@Nullable SocketAddress remote, boolean inside, boolean secure) {
    this.inside = inside;
    this.remote = remote;
    this.protocol = secure ? "https" : "http";
    if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
      String literal = inet.getAddress().getHostAddress();
      int zone = literal.indexOf('%');
      this.address = zone < 0 ? literal : literal.substring(0, zone);
      this.forwardedFor =
          inet.getAddress() instanceof Inet6Address
              ? "for=\"[" + address + "]\""
              : "for=" + address;
    } else {
      this.address = "unknown";
      this.forwardedFor = "for=unknown";
    }
    this.lastForwarded = forwardedFor + ";proto=" + protocol;
  }

  /// Address and port, as Go writes them.
  String remote() {
    if (!(remote instanceof InetSocketAddress inet)) {
      return address;
    }
    String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
    return host + ":" + inet.getPort();
  }

  String address() {
    return address;
  }

  /// Whether it is on this machine, an instance of it perhaps.
  boolean isInside() {
    return inside;
  }

  /// Whether the client's own request was encrypted: on its way to us, or to a proxy before us.
  boolean isSecure(HttpHeaders headers) {
    return protocol.equals("https") || "https".equalsIgnoreCase(headers.get(PROTO, ""));
  }

  void tell(HttpHeaders headers, String authority) {
    if (!authority.equals(lastHost)) {
      lastHost = authority;
      String quoted = authority.indexOf(':') < 0 ? authority : '"' + authority + '"';
      lastForwarded = forwardedFor + ";host=" + quoted + ";proto=" + protocol;
    }
    append(headers, FORWARDED, lastForwarded);
    append(headers, FOR, address);
    if (!headers.contains(PROTO)) {
      headers.set(PROTO, protocol);
    }
    if (!authority.isEmpty() && !headers.contains(HOST)) {
      headers.set(HOST, authority);
    }
  }

  private static void append(HttpHeaders headers, AsciiString name, String value) {
    if (headers.contains(name)) {
      headers.set(name, String.join(", ", headers.getAll(name)) + ", " + value);
    } else {
      headers.set(name, value);
    }
  }
}
