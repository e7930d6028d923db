package dev.ebb.apiserver;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The file of the unix socket. Who may open it is decided by the directory, mode 0700, and then by
/// the file, mode 0600: connecting needs search and write permission (unix(7)).
final class UnixSocket {
  /// `sun_path` has 108 bytes, the last of them a zero.
  private static final int MAX_PATH_BYTES = 107;

  private UnixSocket() {}

  /// Makes place for the socket: a private directory, and no file left from a server that was
  /// killed.
  ///
  /// @throws ListenException when the directory is open to others
  static UnixDomainSocketAddress prepare(Path socket) {
    Path file = socket.toAbsolutePath();
    try {
      int length = file.toString().getBytes(StandardCharsets.UTF_8).length;
      if (length > MAX_PATH_BYTES) {
        throw new IOException(
            "the path has %d bytes, a unix socket may have %d".formatted(length, MAX_PATH_BYTES));
      }
      Path directory = file.getParent();
      if (directory == null) {
        throw new IOException("it has no directory");
      }
      PrivateFiles.createDirectory(directory);
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
      if (permissions.stream().anyMatch(permission -> !permission.name().startsWith("OWNER"))) {
        throw new IOException("its directory is open to other users; it must have mode 0700");
      }
      Files.deleteIfExists(file);
      return UnixDomainSocketAddress.of(file);
    } catch (IOException e) {
      throw new ListenException("cannot listen on %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  static void restrict(Path socket) {
    try {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new ListenException("cannot restrict %s: %s".formatted(socket, e.getMessage()), e);
    }
  }
}
