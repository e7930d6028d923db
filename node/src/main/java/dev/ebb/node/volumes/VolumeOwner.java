package dev.ebb.node.volumes;

import dev.ebb.images.layers.ImageOwners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import java.util.Set;

/// Whom the files of a Pod's volumes belong to: root of the containers, and the group that the Pod
/// asks for.
///
/// @param fsGroup as the containers see it
record VolumeOwner(OptionalLong fsGroup) {
  private static final int SETGID = 02000;

  /// @param mode of a directory that containers may write to; the group passes on to what is made
  ///   in it
  void directory(Path path, int mode) throws IOException {
    own(path);
    Files.setAttribute(path, "unix:mode", fsGroup.isPresent() ? mode | SETGID | 0070 : mode);
  }

  /// @param mode of a file that containers read; the group may read it, too
  void file(Path path, int mode) throws IOException {
    own(path);
    Set<PosixFilePermission> permissions =
        PosixFilePermissions.fromString(text(fsGroup.isPresent() ? mode | 0040 : mode));
    Files.setPosixFilePermissions(path, permissions);
  }

  void own(Path path) throws IOException {
    int group = (int) fsGroup.orElse(0);
    Files.setAttribute(path, "unix:uid", ImageOwners.BASE, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", ImageOwners.BASE + group, LinkOption.NOFOLLOW_LINKS);
  }

  private static String text(int mode) {
    var text = new StringBuilder();
    for (int bit = 8; bit >= 0; bit--) {
      text.append((mode >> bit & 1) == 1 ? "rwx".charAt((8 - bit) % 3) : '-');
    }
    return text.toString();
  }
}
