package dev.ebb.node.pods;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// Adds files to an unpacked package. It replaces nothing and follows no link, whatever the one who
/// made the files wanted; nobody else writes to either directory meanwhile.
///
/// @param made where they are
/// @param root of the package, in which nothing is a link
/// @param most bytes that are added
record PreparedFiles(Path made, Path root, long most) {
  void add() throws IOException {
    long[] left = {most};
    Files.walkFileTree(
        made,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && attributes.size() <= left[0]) {
              left[0] -= attributes.size();
              add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void add(Path file) throws IOException {
    Path target = root.resolve(made.relativize(file).toString());
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.createDirectories(target.resolveSibling(""));
    Path whole = target.resolveSibling(target.getFileName() + ".new");
    Files.copy(file, whole, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString("r--r--r--"));
    Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
