package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A way from the load generator to the backend: directly, through a peer, through Ebb's gateway.
/// The proxies get two workers, keep-alive on both sides, and the same unix socket upstream.
enum Proxy {
  DIRECT(18_090),
  NGINX(18_091),
  HAPROXY(18_092),
  EBB(18_093);

  static final String HOST = "hello.default.localhost";

  private final int port;

  Proxy(int port) {
    this.port = port;
  }

  int port() {
    return port;
  }

  String label() {
    return switch (this) {
      case DIRECT -> "direct (TCP)";
      case NGINX -> "nginx";
      case HAPROXY -> "haproxy";
      case EBB -> "ebb gateway";
    };
  }

  Process start(Processes processes, Path directory, Path backend, Path socket) {
    return switch (this) {
      case DIRECT ->
          processes.start("direct", List.of(backend.toString(), "tcp", Integer.toString(port)));
      case NGINX ->
          processes.start(
              "nginx",
              List.of(
                  "nginx",
                  "-p",
                  directory.toString(),
                  "-e",
                  directory.resolve("nginx.err").toString(),
                  "-c",
                  write(directory.resolve("nginx.conf"), nginx(directory, socket)).toString()));
      case HAPROXY ->
          processes.start(
              "haproxy",
              List.of(
                  "haproxy",
                  "-db",
                  "-f",
                  write(directory.resolve("haproxy.cfg"), haproxy(socket)).toString()));
      case EBB -> gateway(processes, socket);
    };
  }

  /// With the launcher's options for `ebb up`, as far as they matter to a warm program.
  private Process gateway(Processes processes, Path socket) {
    return processes.start(
        "gateway",
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xms32m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.ebb.bench.GatewayProcess",
            Integer.toString(port),
            socket.toString(),
            System.getProperty("ebb.bench.transport", "auto")));
  }

  /// The workers keep the user: as another one they could not reach the backend's socket.
  private String nginx(Path directory, Path socket) {
    return """
    user %4$s;
    worker_processes 2;
    daemon off;
    pid %1$s/nginx.pid;
    events { worker_connections 4096; }
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      keepalive_requests 1000000000;
      upstream backend { server unix:%2$s; keepalive 512; keepalive_requests 1000000000; }
      server {
        listen 127.0.0.1:%3$d;
        location / {
          proxy_pass http://backend;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $host;
          proxy_set_header X-Forwarded-For $remote_addr;
        }
      }
    }
    """
        .formatted(directory, socket, port, System.getProperty("user.name"));
  }

  private String haproxy(Path socket) {
    return """
    global
      nbthread 2
      maxconn 8192
    defaults
      mode http
      timeout client 60s
      timeout server 60s
      timeout connect 5s
      http-reuse always
      option forwardfor
    frontend in
      bind 127.0.0.1:%d
      default_backend out
    backend out
      server backend unix@%s
    """
        .formatted(port, socket);
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
