package dev.ebb.node.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The programs of this machine as a container's root: what is needed to run them, read-only, and
/// nothing that tells of the machine's users, services or secrets.
final class HostRoot {
  /// Of `/etc`: what programs look up names, libraries, certificates and time zones in. Users,
  /// groups and hosts are the container's own.
  private static final List<String> ETC =
      List.of(
          "/etc/alternatives",
          "/etc/ca-certificates",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/localtime",
          "/etc/mime.types",
          "/etc/pki/tls/certs",
          "/etc/protocols",
          "/etc/python3",
          "/etc/services",
          "/etc/ssl/certs",
          "/etc/ssl/openssl.cnf",
          "/etc/timezone");

  static final List<Mount> MOUNTS = mounts();

  private HostRoot() {}

  /// Binds of directories. Where the machine has a link, as `/bin` to `usr/bin`, the target is
  /// bound a second time: that is the same to all programs.
  private static List<Mount> mounts() {
    List<Mount> mounts = new ArrayList<>();
    Stream.concat(Stream.of("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32"), ETC.stream())
        .map(Path::of)
        .filter(Files::exists)
        .forEach(path -> mounts.add(Mount.readOnly(path, path.toString())));
    return List.copyOf(mounts);
  }
}
