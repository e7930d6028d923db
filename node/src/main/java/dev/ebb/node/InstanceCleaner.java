package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.pods.PodFiles;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/// Takes away what an ended instance leaves: processes, socket, directory, record. Thread-safe;
/// blocks.
final class InstanceCleaner {
  private static final Logger LOG = System.getLogger(InstanceCleaner.class.getName());

  private final NodePaths paths;
  private final Sandbox sandbox;
  private final InstanceRecords records;

  InstanceCleaner(NodePaths paths, Sandbox sandbox, InstanceRecords records) {
    this.paths = paths;
    this.sandbox = sandbox;
    this.records = records;
  }

  void cleanUp(InstanceRecord record) {
    // A child is still a zombie here and keeps its number. Of an adopted process the number may
    // name a stranger by now; while it names nobody, only our children can have its session.
    var now = ProcessStat.read(record.pid());
    if (now.isEmpty() || now.get().startTime() == record.startTime()) {
      sandbox.cleanUp(record);
    }
    Linux.reap(record.pid());
    cleanUpFiles(record);
  }

  /// Of an instance of an earlier boot, whose processes are gone.
  void cleanUpFiles(InstanceRecord record) {
    try {
      Files.deleteIfExists(record.socket());
      Files.deleteIfExists(NodePaths.boot(record.socket()));
      NodeFiles.delete(paths.work(record.id()));
      // Last: while the record is there, a later server finds what is left.
      records.delete(record.id());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot clean up after " + record.id(), e);
    }
  }

  /// Takes away files of instances that no record tells of: they were made ahead, or their server
  /// was killed before it had written the record. Directories of Pods are left alone.
  ///
  /// @param known Pods, too
  void cleanUpAllBut(Set<InstanceId> known) {
    Set<String> names =
        known.stream().map(InstanceNames::shortName).collect(Collectors.toUnmodifiableSet());
    try (var directories = Files.newDirectoryStream(paths.work());
        var sockets = Files.newDirectoryStream(paths.sockets())) {
      for (Path directory : directories) {
        if (!known.contains(new InstanceId(directory.getFileName().toString()))
            && !PodFiles.isPod(directory)) {
          NodeFiles.delete(directory);
        }
      }
      for (Path socket : sockets) {
        String name = socket.getFileName().toString();
        if (!names.contains(name.substring(0, Math.max(0, name.indexOf('.'))))) {
          NodeFiles.delete(socket);
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete what earlier instances left", e);
    }
  }
}
