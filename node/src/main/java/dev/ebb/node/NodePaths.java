package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Where things of instances lie.
public record NodePaths(Path instances, Path pods, Path work, Path logs, Path sockets) {
  // sun_path of unix(7) has 108 bytes, the last is zero.
  private static final int SOCKET_PATH_BYTES = 107;

  /// Creates the directories, for the owner only.
  static NodePaths create(Path data, Path run) throws IOException {
    var paths =
        new NodePaths(
            data.resolve("instances").toAbsolutePath(),
            data.resolve("pods").toAbsolutePath(),
            data.resolve("work").toAbsolutePath(),
            data.resolve("logs").toAbsolutePath(),
            run.resolve("i").toAbsolutePath());
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    for (var path :
        new Path[] {paths.instances, paths.pods, paths.work, paths.logs, paths.sockets}) {
      Files.createDirectories(path, owner);
    }
    var longest = paths.socket(new InstanceId("any"));
    int bytes = longest.toString().getBytes(UTF_8).length;
    if (bytes > SOCKET_PATH_BYTES) {
      throw new IOException(
          "the run directory's path is too long: a unix socket in it would have "
              + bytes
              + " bytes, and "
              + SOCKET_PATH_BYTES
              + " are allowed: "
              + longest);
    }
    return paths;
  }

  Path record(InstanceId id) {
    return instances.resolve(id + ".json");
  }

  Path work(InstanceId id) {
    return work.resolve(id.value());
  }

  Path socket(InstanceId id) {
    return socket(sockets, id);
  }

  /// Of the instance that takes its requests there.
  ///
  /// @param sockets has those of all instances
  public static Path socket(Path sockets, InstanceId id) {
    return sockets.resolve(InstanceNames.shortName(id) + ".sock");
  }

  /// What the runtime creates as its very first act.
  public static Path boot(Path socket) {
    return socket.resolveSibling(socket.getFileName() + ".boot");
  }

  Path logs(RevisionId revision) {
    return logs.resolve(revision.namespace()).resolve(revision.name());
  }

  Path log(RevisionId revision, InstanceId id) {
    return logs(revision).resolve(id + ".log");
  }
}
