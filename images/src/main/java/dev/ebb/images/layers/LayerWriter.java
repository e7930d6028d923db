package dev.ebb.images.layers;

import dev.ebb.images.layers.LinuxFiles.Stat;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Writes the entries of one layer into a directory of its own, whiteouts in the form of overlayfs.
/// A later entry of a name replaces an earlier one, as tar has it; directories are merged.
///
/// An entry can name anything and be of any type, but what it does happens below the layer's root:
/// see [LayerPath] and [LayerDirectories]. Belongs to one thread.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/layer.md">OCI image layer
///   specification: whiteouts</a>
/// @see <a
///   href="https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories">overlayfs:
///   whiteouts and opaque directories</a>
final class LayerWriter implements AutoCloseable {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String AUFS = ".wh..wh.";
  private static final int LINK_BYTES = 4095;

  private final LinuxFiles files;
  private final LayerOwners owners;
  private final int root;
  private final int trash;
  private final LayerDirectories directories;
  private final LayerBudget budget;
  private final LayerNotes notes;
  private final Map<String, TarEntry> last = new LinkedHashMap<>();
  private final byte[] buffer = new byte[256 * 1024];
  private int trashed;
  private boolean opaque;

  /// @param root open directory that becomes the layer
  /// @param trash open directory on the same file system, for what entries replace
  LayerWriter(
      LinuxFiles files,
      LayerOwners owners,
      int root,
      int trash,
      LayerBudget budget,
      LayerNotes notes) {
    this.files = files;
    this.owners = owners;
    this.root = root;
    this.trash = trash;
    this.directories = new LayerDirectories(files, owners, root);
    this.budget = budget;
    this.notes = notes;
  }

  /// @param content positioned at the bytes of the entry
  void write(TarEntry entry, TarStream content) throws IOException {
    budget.entry(entry);
    var path = LayerPath.of(entry.name());
    try {
      if (path.isRoot()) {
        rootEntry(entry);
      } else if (isAufs(path)) {
        if (path.name().equals(OPAQUE)) {
          makeOpaque(path.parent());
        }
      } else if (path.name().startsWith(WHITEOUT)) {
        whiteout(path.sibling(path.name().substring(WHITEOUT.length())));
      } else {
        notes.owner(entry);
        file(path, entry, content);
      }
    } catch (LinuxException e) {
      throw failed(path.toString(), e);
    }
  }

  /// Gives the directories their modes and times, which had to wait: a directory without permission
  /// to write cannot be filled by its owner, and whatever is made in one changes its time.
  void finish() {
    // Reversed, so that what is inside comes before what it is in.
    new TreeMap<>(last)
        .descendingMap()
        .forEach((path, entry) -> {
          try {
            finish(LayerPath.of(path), entry);
          } catch (LinuxException e) {
            throw failed(path, e);
          }
        });
  }

  /// Whether the layer hides all layers below it.
  boolean isOpaque() {
    return opaque;
  }

  @Override
  public void close() {
    directories.close();
  }

  private void rootEntry(TarEntry entry) {
    if (entry.type() != TarEntry.Type.DIRECTORY) {
      throw TarHeader.invalid("its root is no directory");
    }
    last.put("", entry);
  }

  private static boolean isAufs(LayerPath path) {
    return path.name().startsWith(AUFS)
        || path.parent().startsWith(AUFS)
        || path.parent().contains("/" + AUFS);
  }

  private void makeOpaque(String path) {
    if (path.isEmpty()) {
      opaque = true;
    } else {
      directories.setOpaque(directories.require(path));
    }
  }

  private void whiteout(LayerPath path) {
    if (path.name().isEmpty() || path.name().equals(".") || path.name().equals("..")) {
      throw TarHeader.invalid("a whiteout names nothing");
    }
    int parent = directories.require(path.parent());
    var there = find(parent, path.name());
    if (there.isEmpty()) {
      files.makeNode(parent, path.name(), LinuxFiles.S_IFCHR);
    } else if (there.get().isDirectory()) {
      // It is of this layer, so what is deleted is the one below.
      withChild(parent, path.name(), directories::setOpaque);
    }
  }

  private void file(LayerPath path, TarEntry entry, TarStream content) throws IOException {
    int parent = directories.require(path.parent());
    var name = path.name();
    switch (entry.type()) {
      case FILE -> regularFile(parent, name, entry, content);
      case DIRECTORY -> directory(parent, path, entry);
      case SYMBOLIC_LINK -> symbolicLink(parent, name, entry);
      case HARD_LINK -> hardLink(parent, name, entry);
      case FIFO -> {
        replacing(parent, name, () -> files.makeNode(parent, name, LinuxFiles.S_IFIFO | 0x180));
        owners.set(files, parent, name, entry.user(), entry.group());
        files.setMode(parent, name, entry.mode());
        files.setTime(parent, name, entry.seconds(), entry.nanos());
      }
      case DEVICE -> notes.device();
    }
  }

  private void regularFile(int parent, String name, TarEntry entry, TarStream content)
      throws IOException {
    int[] made = new int[1];
    replacing(parent, name, () -> made[0] = files.create(parent, name));
    int file = made[0];
    try {
      fill(file, entry, content);
      // In this order: a change of owner takes set-id bits and capabilities away.
      owners.set(files, parent, name, entry.user(), entry.group());
      files.setMode(file, entry.mode());
      attributes(file, entry);
    } finally {
      files.close(file);
    }
    files.setTime(parent, name, entry.seconds(), entry.nanos());
  }

  private void fill(int file, TarEntry entry, TarStream content) throws IOException {
    if (entry.extents().isEmpty()) {
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        files.write(file, buffer, 0, count);
      }
    } else {
      new SparseFile(files, file, entry.extents()).fill(content, buffer);
    }
    if (entry.size() != entry.stored()) {
      files.truncate(file, entry.size());
    }
  }

  private void attributes(int file, TarEntry entry) {
    for (var attribute : entry.attributes().entrySet()) {
      if (!attribute.getKey().equals(FileCapabilities.ATTRIBUTE)) {
        notes.attribute();
        continue;
      }
      var capabilities =
          FileCapabilities.inNamespaceOf(ImageOwners.BASE, attribute.getValue())
              .filter(value -> owners.areSet());
      if (capabilities.isEmpty()) {
        notes.capability();
      } else {
        files.setAttribute(file, FileCapabilities.ATTRIBUTE, capabilities.get());
      }
    }
  }

  private void directory(int parent, LayerPath path, TarEntry entry) {
    var there = find(parent, path.name());
    if (there.isEmpty() || !there.get().isDirectory()) {
      there.ifPresent(stat -> remove(parent, path.name(), stat));
      files.makeDirectory(parent, path.name());
    }
    owners.set(files, parent, path.name(), entry.user(), entry.group());
    if (there.isPresent() && there.get().isWhiteout()) {
      withChild(parent, path.name(), directories::setOpaque);
    }
    entry.attributes().forEach((name, value) -> notes.attribute());
    if (last.put(path.toString(), entry) == null) {
      budget.directory(path.toString());
    }
  }

  private void symbolicLink(int parent, String name, TarEntry entry) {
    var target = entry.link();
    if (target.isEmpty() || target.length() > LINK_BYTES || target.indexOf('\0') >= 0) {
      throw TarHeader.invalid(LayerPath.quote(entry.name()) + " links to no possible name");
    }
    replacing(parent, name, () -> files.symbolicLink(target, parent, name));
    owners.set(files, parent, name, entry.user(), entry.group());
    files.setTime(parent, name, entry.seconds(), entry.nanos());
  }

  private void hardLink(int parent, String name, TarEntry entry) {
    var target = LayerPath.of(entry.link());
    int from;
    Stat stat;
    try {
      from = directories.existing(target.parent());
      stat = files.stat(from, target.isRoot() ? "." : target.name());
    } catch (LinuxException e) {
      if (e.number() == LinuxFiles.ENOENT || e.number() == LinuxFiles.ENOTDIR) {
        throw TarHeader.invalid(
            "%s is a hard link to %s, which is not in the layer"
                .formatted(LayerPath.quote(entry.name()), LayerPath.quote(entry.link())));
      }
      throw e;
    }
    if (stat.isDirectory() || stat.isWhiteout()) {
      throw TarHeader.invalid(
          "%s is a hard link to what is no file".formatted(LayerPath.quote(entry.name())));
    }
    var there = find(parent, name);
    if (there.isPresent() && there.get().inode() == stat.inode()) {
      return; // The same file already, perhaps by the same name.
    }
    there.ifPresent(old -> remove(parent, name, old));
    // What was removed may have held the target, which is reached through its own directory still,
    // unless that was closed as forgotten.
    files.link(directories.existing(target.parent()), target.name(), parent, name);
  }

  private Optional<Stat> find(int directory, String name) {
    try {
      return Optional.of(files.stat(directory, name));
    } catch (LinuxException e) {
      if (e.number() == LinuxFiles.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Most names are new, so it is tried before it is looked.
  private void replacing(int parent, String name, Runnable make) {
    try {
      make.run();
    } catch (LinuxException e) {
      if (e.number() != LinuxFiles.EEXIST) {
        throw e;
      }
      remove(parent, name, files.stat(parent, name));
      make.run();
    }
  }

  private void remove(int parent, String name, Stat there) {
    if (there.isDirectory()) {
      files.rename(parent, name, trash, Integer.toString(trashed++));
    } else {
      files.unlink(parent, name);
    }
    if (there.isDirectory() || there.isLink()) {
      directories.forgetAllBut(parent);
    }
  }

  private interface DirectoryAction {
    void accept(int directory);
  }

  private void withChild(int parent, String name, DirectoryAction action) {
    int child = files.openChild(parent, name);
    try {
      action.accept(child);
    } finally {
      files.close(child);
    }
  }

  private void finish(LayerPath path, TarEntry entry) {
    if (path.isRoot()) {
      owners.set(files, root, ".", entry.user(), entry.group());
      files.setMode(root, owners.areSet() ? entry.mode() : entry.mode() | 0x1c0);
      files.setTime(root, ".", entry.seconds(), entry.nanos());
      return;
    }
    int parent;
    int directory;
    try {
      parent = directories.existing(path.parent());
      directory = files.openChild(parent, path.name());
    } catch (LinuxException e) {
      return; // Something else has its name by now, or its place.
    }
    try {
      files.setMode(directory, entry.mode());
    } finally {
      files.close(directory);
    }
    files.setTime(parent, path.name(), entry.seconds(), entry.nanos());
  }

  private static RuntimeException failed(String path, LinuxException e) {
    return e.isNoSpace()
        ? LayerBudget.noSpace("the disk is full")
        : TarHeader.invalid(LayerPath.quote(path) + " cannot be made: " + e.getMessage());
  }
}
