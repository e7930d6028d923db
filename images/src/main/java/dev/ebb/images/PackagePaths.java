package dev.ebb.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.HashSet;

/// Which paths a package may hold. They come from users and from archives, so nothing may point out
/// of the package's root.
final class PackagePaths {
  // A segment is a file name, of which Linux keeps 255 bytes; a path of 1024 leaves room for the
  // directory in front of it below PATH_MAX (4096).
  private static final int SEGMENT_BYTES = 255;
  private static final int PATH_BYTES = 1024;

  private PackagePaths() {}

  /// Throws unless each path is a plain relative one and none is both a file and a directory.
  static void check(Collection<String> paths) {
    var directories = new HashSet<String>();
    for (var path : paths) {
      check(path);
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        directories.add(path.substring(0, slash));
      }
    }
    for (var path : paths) {
      if (directories.contains(path)) {
        throw new PackageInvalidException(quote(path) + " is a file and a directory at once");
      }
    }
  }

  static void check(String path) {
    if (path.isEmpty()) {
      throw new PackageInvalidException("a file has no name");
    }
    if (path.startsWith("/")) {
      throw new PackageInvalidException(quote(path) + " is not relative");
    }
    if (path.getBytes(UTF_8).length > PATH_BYTES) {
      throw new PackageInvalidException(quote(path) + " is longer than " + PATH_BYTES + " bytes");
    }
    for (var segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new PackageInvalidException(
            quote(path) + " has an empty, '.' or '..' segment; use plain relative paths");
      }
      if (segment.getBytes(UTF_8).length > SEGMENT_BYTES) {
        throw new PackageInvalidException(
            quote(path) + " has a name longer than " + SEGMENT_BYTES + " bytes");
      }
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      throw new PackageInvalidException(quote(path) + " has a control character");
    }
  }

  private static String quote(String path) {
    var shown = path.length() > 120 ? path.substring(0, 117) + "..." : path;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
