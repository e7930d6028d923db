package dev.ebb.node.volumes;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.ebb.node.NodeFiles;
import dev.ebb.node.volumes.Projection.Content;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes files so that who reads them sees all of one version or all of another (the kubelet's
/// atomic writer): a version is a directory of its own, `..data` is a link to it that is replaced
/// in one step, and the files' names are links through `..data`.
final class ProjectedDirectory {
  private static final Path DATA = Path.of("..data");
  private static final Path NEXT = Path.of("..data_tmp");

  private final Path root;
  private final VolumeOwner owner;

  ProjectedDirectory(Path root, VolumeOwner owner) {
    this.root = root;
    this.owner = owner;
  }

  /// @return false when there is nothing new
  boolean write(Map<String, Content> files) throws IOException {
    Path data = root.resolve(DATA);
    Path before =
        Files.isSymbolicLink(data) ? root.resolve(Files.readSymbolicLink(data)) : Path.of("");
    if (Files.isSymbolicLink(data) && same(before, files)) {
      return false;
    }
    Path version = Files.createTempDirectory(root, "..");
    owner.directory(version, 0755);
    for (var file : files.entrySet()) {
      Path path = version.resolve(file.getKey());
      directories(version, path);
      Files.write(path, file.getValue().bytes());
      owner.file(path, file.getValue().mode());
    }
    Path next = root.resolve(NEXT);
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, version.getFileName());
    owner.own(next);
    Files.move(next, data, ATOMIC_MOVE);
    link(
        files.keySet().stream()
            .map(name -> Path.of(name).getName(0).toString())
            .collect(Collectors.toSet()));
    if (!before.toString().isEmpty()) {
      NodeFiles.delete(before);
    }
    return true;
  }

  private void directories(Path version, Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null && !parent.equals(version) && !Files.isDirectory(parent)) {
      directories(version, parent);
      Files.createDirectory(parent);
      owner.directory(parent, 0755);
    }
  }

  private void link(Set<String> names) throws IOException {
    for (String name : names) {
      try {
        Path link = Files.createSymbolicLink(root.resolve(name), DATA.resolve(name));
        owner.own(link);
      } catch (FileAlreadyExistsException there) {
        // It leads through ..data, to the new version.
      }
    }
    try (var all = Files.newDirectoryStream(root)) {
      for (Path one : all) {
        String name = one.getFileName().toString();
        if (!name.startsWith("..") && !names.contains(name)) {
          Files.delete(one);
        }
      }
    }
  }

  private static boolean same(Path version, Map<String, Content> files) throws IOException {
    Map<String, byte[]> there = new HashMap<>();
    try (var all = Files.walk(version)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          there.put(version.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return there.keySet().equals(files.keySet())
        && there.entrySet().stream()
            .allMatch(file -> {
              Content wanted = files.get(file.getKey());
              return wanted != null && Arrays.equals(wanted.bytes(), file.getValue());
            });
  }
}
