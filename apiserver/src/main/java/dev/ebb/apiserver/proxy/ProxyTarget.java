package dev.ebb.apiserver.proxy;

import java.net.SocketAddress;

/// Where a proxied request goes on to, in plain HTTP/1.1.
///
/// @param host for the header `Host`
public record ProxyTarget(SocketAddress address, String host) {}
