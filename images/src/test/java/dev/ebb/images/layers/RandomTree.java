package dev.ebb.images.layers;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Directories full of whatever a layer may have, and their description.
final class RandomTree {
  private static final List<String> ODD_NAMES =
      List.of("-rf", " ", "a b", "...", "*", "back\\slash", "new\nline", "\"", "_", ".hidden");

  private final Random random;
  private final int longest;
  private final List<Path> directories = new ArrayList<>();
  private final List<Path> linkable = new ArrayList<>();

  private RandomTree(Random random, int longest) {
    this.random = random;
    this.longest = longest;
  }

  /// @param root is there and empty
  /// @param longest name of a file, in bytes
  static void make(Path root, Random random, int entries, int longest) throws IOException {
    var tree = new RandomTree(random, longest);
    tree.directories.add(root);
    try (var files = new LinuxFiles()) {
      for (int entry = 0; entry < entries; entry++) {
        tree.add(files);
      }
      // Inner ones first: whatever is made in a directory changes its time.
      for (var directory : tree.directories.reversed()) {
        tree.adorn(files, directory, 0700);
      }
    }
  }

  private void add(LinuxFiles files) throws IOException {
    var parent = directories.get(random.nextInt(directories.size()));
    var path = parent.resolve(name());
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> directories.add(Files.createDirectory(path));
      case 3 -> {
        Files.createSymbolicLink(path, Path.of(target()));
        linkable.add(path);
      }
      case 4 -> {
        if (!linkable.isEmpty()) {
          Files.createLink(path, linkable.get(random.nextInt(linkable.size())));
        }
      }
      case 5 -> {
        in(files, path, directory -> files.makeNode(directory, last(path), LinuxFiles.S_IFIFO));
        adorn(files, path, 0400);
      }
      case 6 -> {
        sparse(path);
        adorn(files, path, 0400);
      }
      default -> {
        var content = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(40_000)];
        random.nextBytes(content);
        Files.write(path, content);
        adorn(files, path, 0400);
        linkable.add(path);
      }
    }
  }

  private String name() {
    return switch (random.nextInt(8)) {
      case 0 -> ODD_NAMES.get(random.nextInt(ODD_NAMES.size()));
      case 1 -> "n".repeat(1 + random.nextInt(longest));
      default -> "file-" + random.nextInt(1000);
    };
  }

  private String target() {
    return switch (random.nextInt(4)) {
      case 0 -> "/etc/passwd";
      case 1 -> "../".repeat(random.nextInt(5)) + "somewhere";
      case 2 -> "t".repeat(1 + random.nextInt(longest));
      default -> "file-" + random.nextInt(1000);
    };
  }

  /// With a hole at its end too, sometimes.
  private void sparse(Path path) throws IOException {
    try (var file = new java.io.RandomAccessFile(path.toFile(), "rw")) {
      for (int extent = random.nextInt(6); extent > 0; extent--) {
        var content = new byte[4096];
        random.nextBytes(content);
        file.seek(file.length() + 4096L * (1 + random.nextInt(64)));
        file.write(content);
      }
      if (random.nextBoolean()) {
        file.setLength(file.length() + 100_000);
      }
    }
  }

  /// Owner, mode and time; in this order, for a change of the owner takes bits of the mode away.
  ///
  /// @param least that its owner needs, who is not root
  private void adorn(LinuxFiles files, Path path, int least) {
    int mode = random.nextInt(5) == 0 ? random.nextInt(010000) : 0755 & ~random.nextInt(0100);
    int user = random.nextInt(70_000);
    int group = random.nextInt(70_000);
    long seconds = random.nextInt(2_000_000_000);
    int nanos = random.nextInt(1_000_000_000);
    in(
        files,
        path,
        directory -> {
          if (LinuxFiles.isRoot()) {
            files.setOwner(directory, last(path), user, group);
          }
          files.setMode(directory, last(path), LinuxFiles.isRoot() ? mode : mode | least);
          files.setTime(directory, last(path), seconds, nanos);
        });
  }

  private interface Action {
    void with(int directory);
  }

  private static void in(LinuxFiles files, Path path, Action action) {
    int directory = files.openDirectory(path.resolveSibling("").toString());
    try {
      action.with(directory);
    } finally {
      files.close(directory);
    }
  }

  private static String last(Path path) {
    return new String(
        path.getFileName().toString().getBytes(StandardCharsets.UTF_8),
        StandardCharsets.ISO_8859_1);
  }

  /// What is told of each file: type, permissions, owners as the archive has them, time, size,
  /// content, target, and with which other file it is one.
  ///
  /// @param shift of owners
  /// @param nanos whether archives of that form have fractions of a second
  static Map<String, String> describe(Path root, int shift, boolean nanos) throws IOException {
    var tree = new TreeMap<String, String>();
    Map<Object, String> firsts = new TreeMap<>();
    List<Path> all;
    try (var paths = Files.walk(root)) {
      all = paths.sorted().toList();
    }
    for (var path : all) {
      var name = root.relativize(path).toString();
      var facts = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
      int mode = (int) requireNonNull(facts.get("mode"));
      var text = new StringBuilder(Integer.toOctalString(mode));
      int type = mode & LinuxFiles.S_IFMT;
      text.append(" owner ").append(owner(requireNonNull(facts.get("uid")), shift));
      text.append(':').append(owner(requireNonNull(facts.get("gid")), shift));
      if (type != LinuxFiles.S_IFLNK) { // Their time cannot be set in a way that all archives keep.
        var time =
            ((java.nio.file.attribute.FileTime) requireNonNull(facts.get("lastModifiedTime")))
                .toInstant();
        text.append(" at ").append(nanos ? time : time.getEpochSecond());
      }
      if (type == LinuxFiles.S_IFLNK) {
        text.append(" to ").append(Files.readSymbolicLink(path));
      } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        text.append(" size ").append(requireNonNull(facts.get("size")));
        text.append(" with ").append(dev.ebb.images.Digest.of(Files.readAllBytes(path)));
      }
      if (type != LinuxFiles.S_IFDIR) {
        var first = firsts.putIfAbsent(requireNonNull(facts.get("ino")), name);
        text.append(first == null ? "" : " same as " + first);
      }
      tree.put(name, text.toString());
    }
    return tree;
  }

  private static long owner(Object id, int shift) {
    int actual = (int) id - shift;
    return shift == 0 && actual >= ImageOwners.COUNT ? ImageOwners.OVERFLOW : actual;
  }
}
