package dev.ebb.images.layers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Deletes directories with whatever is in them.
final class LayerTrees {
  private LayerTrees() {}

  /// Follows no links, and has one directory open at a time however deep they are. What is not
  /// there is no failure.
  static void delete(Path root) throws IOException {
    Deque<Path> waiting = new ArrayDeque<>();
    List<Path> directories = new ArrayList<>();
    waiting.push(root);
    while (!waiting.isEmpty()) {
      var directory = waiting.pop();
      makeWritable(directory);
      try (var children = Files.newDirectoryStream(directory)) {
        directories.add(directory);
        for (var child : children) {
          if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
            waiting.push(child);
          } else {
            Files.deleteIfExists(child);
          }
        }
      } catch (NotDirectoryException e) {
        Files.deleteIfExists(directory);
      } catch (NoSuchFileException e) {
        // Gone already.
      }
    }
    for (var directory : directories.reversed()) {
      Files.deleteIfExists(directory);
    }
  }

  /// An owner who is not root needs permission in each directory.
  private static void makeWritable(Path directory) throws IOException {
    if (!LinuxFiles.isRoot() && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
