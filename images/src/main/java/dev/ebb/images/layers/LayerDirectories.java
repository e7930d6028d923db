package dev.ebb.images.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The directories of a layer that is being written, as open descriptors: whatever is done to a
/// file is done relative to one, so that no name is resolved twice.
///
/// Links on the way are followed as a container would follow them, with the layer's root as root of
/// the machine; the kernel itself holds that (`openat2`). Directories that an archive leaves out
/// are made.
final class LayerDirectories implements AutoCloseable {
  /// Archives go through their directories in order, so few are enough.
  private static final int OPEN = 64;

  /// Links can make a path longer than any name in the archive; one near PATH_MAX (4096) could not
  /// be deleted by its path. Leaves room for the layer's final place and one more name.
  private static final int REAL_PATH_BYTES = 3700;

  /// Of directories to be made for one name, through links too: each link may have 2048.
  private static final int STEPS = 4096;

  private final LinuxFiles files;
  private final LayerOwners owners;
  private final int root;
  private final LinkedHashMap<String, Integer> open = new LinkedHashMap<>(16, 0.75f, true);

  /// @param root an open directory, which stays the caller's
  LayerDirectories(LinuxFiles files, LayerOwners owners, int root) {
    this.files = files;
    this.owners = owners;
    this.root = root;
  }

  /// The directory, made if it is not there. The descriptor is good until the second next call.
  int require(String path) {
    return require(path, STEPS);
  }

  /// The directory, which has to be there.
  ///
  /// @throws LinuxException when it is not
  int existing(String path) {
    if (path.isEmpty()) {
      return root;
    }
    var known = open.get(path);
    return known != null ? known : keep(path, files.openInRoot(root, path));
  }

  /// Closes what may be called otherwise now, because a directory or link was removed.
  void forgetAllBut(int directory) {
    open.entrySet()
        .removeIf(entry -> {
          boolean other = entry.getValue() != directory;
          if (other) {
            files.close(entry.getValue());
          }
          return other;
        });
  }

  /// Hides what lower layers have in a directory.
  void setOpaque(int directory) {
    var attribute = owners.areSet() ? "trusted.overlay.opaque" : "user.overlay.opaque";
    files.setAttribute(directory, attribute, new byte[] {'y'});
  }

  @Override
  public void close() {
    forgetAllBut(-1);
  }

  private int require(String path, int steps) {
    try {
      return existing(path);
    } catch (LinuxException e) {
      if (e.number() == LinuxFiles.ENOENT || e.number() == LinuxFiles.ENOTDIR) {
        return make(path, steps);
      }
      throw e;
    }
  }

  private int make(String path, int steps) {
    if (steps == 0) {
      throw TarHeader.invalid("its links lead on without an end");
    }
    int slash = path.lastIndexOf('/');
    var name = path.substring(slash + 1);
    int parent = require(slash < 0 ? "" : path.substring(0, slash), steps - 1);
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return existing(path); // In the target of a link; what is before it is there now.
    }
    try {
      files.makeDirectory(parent, name);
    } catch (LinuxException e) {
      if (e.number() != LinuxFiles.EEXIST) {
        throw e;
      }
      return takePlace(path, parent, name, steps);
    }
    return makeUsable(path, parent, name);
  }

  /// What is there is no directory: a link to one that is not in this layer, or a whiteout.
  private int takePlace(String path, int parent, String name, int steps) {
    var there = files.stat(parent, name);
    if (there.isLink()) {
      var target = files.readLink(parent, name);
      int slash = path.lastIndexOf('/');
      boolean absolute = target.startsWith("/") || slash < 0;
      var next = absolute ? target : path.substring(0, slash) + "/" + target;
      int directory = require(trimmed(next), steps - 1);
      return keepAs(path, directory);
    }
    if (there.isWhiteout()) {
      files.unlink(parent, name);
      files.makeDirectory(parent, name);
      int directory = makeUsable(path, parent, name);
      setOpaque(directory);
      return directory;
    }
    if (there.isDirectory()) {
      return existing(path);
    }
    throw TarHeader.invalid(LayerPath.quote(path) + " is no directory, but has files below it");
  }

  private int makeUsable(String path, int parent, String name) {
    int directory = files.openChild(parent, name);
    keep(path, directory);
    files.setMode(directory, 0x1ed);
    owners.set(files, parent, name, 0, 0);
    return directory;
  }

  private int keepAs(String path, int directory) {
    return directory == root ? root : keep(path, files.openInRoot(directory, "."));
  }

  private int keep(String path, int directory) {
    try {
      if (files.path(directory).length() > REAL_PATH_BYTES) {
        throw TarHeader.invalid(LayerPath.quote(path) + " is too deep");
      }
    } catch (RuntimeException e) {
      files.close(directory);
      throw e;
    }
    var before = open.put(path, directory);
    if (before != null) {
      files.close(before);
    }
    if (open.size() > OPEN) {
      List<Map.Entry<String, Integer>> eldest = new ArrayList<>(open.entrySet()).subList(0, 1);
      eldest.forEach(entry -> {
        files.close(entry.getValue());
        open.remove(entry.getKey());
      });
    }
    return directory;
  }

  private static String trimmed(String path) {
    int start = 0;
    int end = path.length();
    while (start < end && path.charAt(start) == '/') {
      start++;
    }
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(start, end);
  }
}
