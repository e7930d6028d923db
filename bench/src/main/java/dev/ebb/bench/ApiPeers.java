package dev.ebb.bench;

import dev.ebb.cli.ServerRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// What the Kubernetes API is held against: etcd, which stands behind every other one; nginx, which
/// sends a file of the same size over TLS and does nothing else; the disk by itself.
final class ApiPeers {
  static final int ETCD_PORT = 18_095;
  static final int NGINX_PORT = 18_096;

  private static final int RECORD_BYTES = 1024;

  private ApiPeers() {}

  /// etcd as its package has it: each write is synced before it is answered. Its HTTP gateway, in
  /// the clear, because `wrk` does not speak gRPC.
  static Process etcd(Processes processes, Path directory) {
    String client = "http://127.0.0.1:" + ETCD_PORT;
    String peer = "http://127.0.0.1:" + (ETCD_PORT + 2);
    Process process =
        processes.start(
            "etcd",
            List.of(
                "etcd",
                "--data-dir",
                directory.resolve("etcd").toString(),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                "default=" + peer,
                "--log-level",
                "error"));
    Processes.awaitPort(process, ETCD_PORT);
    return process;
  }

  /// nginx with the server's own certificate and key.
  static Process nginx(Processes processes, Path directory, ServerRecord server, byte[] file) {
    Path pki = server.dataDirectory().resolve("pki");
    try {
      Path root = Files.createDirectories(directory.resolve("www"));
      Files.write(root.resolve("object.json"), file);
      Path config =
          Files.writeString(
              directory.resolve("nginx-api.conf"),
              """
              user %4$s;
              worker_processes 2;
              daemon off;
              pid %1$s/nginx-api.pid;
              events { worker_connections 4096; }
              http {
                access_log off;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
                keepalive_requests 1000000000;
                open_file_cache max=10;
                server {
                  listen 127.0.0.1:%2$d ssl;
                  ssl_certificate %3$s/server.crt;
                  ssl_certificate_key %3$s/server.key;
                  root %1$s/www;
                }
              }
              """
                  .formatted(directory, NGINX_PORT, pki, System.getProperty("user.name")));
      Process process =
          processes.start(
              "nginx-api",
              List.of(
                  "nginx",
                  "-p",
                  directory.toString(),
                  "-e",
                  directory.resolve("nginx-api.err").toString(),
                  "-c",
                  config.toString()));
      Processes.awaitPort(process, NGINX_PORT);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How often a second one thread appends a record to a file and has it on the disk.
  static double syncedAppends(Path directory, int seconds) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    long started = System.nanoTime();
    int written = 0;
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("appends"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (System.nanoTime() < end) {
        file.write(ByteBuffer.allocate(RECORD_BYTES));
        file.force(false);
        written++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written / ((System.nanoTime() - started) / 1e9);
  }
}
