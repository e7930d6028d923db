package dev.ebb.store;

import dev.ebb.store.SystemCalls.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// A disk that keeps apart what is durable from what a loss of power may take.
///
/// The model is as strict as POSIX lets a file system be: data is durable when its file was synced;
/// names (creation, renaming, deletion) when their directory was. Of what is not durable, any
/// sector of any write may survive or not, in any order; of the changes to names the first so many.
final class SimulatedDisk {
  private static final int SECTOR = 512;

  private static final class Inode {
    private final Content durable = new Content();
    private final List<Call> pending = new ArrayList<>();
  }

  /// The bytes of a file.
  private static final class Content {
    private byte[] bytes = new byte[0];
    private int size;

    void write(int offset, byte[] data, int from, int length) {
      if (offset + length > bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * (offset + length));
      }
      System.arraycopy(data, from, bytes, offset, length);
      size = Math.max(size, offset + length);
    }

    void truncate(int length) {
      bytes = Arrays.copyOf(bytes, length);
      size = length;
    }

    byte[] toBytes() {
      return Arrays.copyOf(bytes, size);
    }

    Content copy() {
      Content copy = new Content();
      copy.write(0, bytes, 0, size);
      return copy;
    }
  }

  private final Map<Path, Inode> durableNames = new HashMap<>();
  private final Map<Path, Inode> names = new HashMap<>();

  /// Changes of names, each with the inode it is about.
  private final List<Map.Entry<Call, Inode>> pendingNames = new ArrayList<>();

  void apply(Call call) {
    switch (call) {
      case Call.Create(Path path) -> {
        if (!names.containsKey(path)) {
          change(call, new Inode());
        }
      }
      case Call.Rename(Path from, Path _) -> change(call, inode(from));
      case Call.Delete(Path path) -> change(call, inode(path));
      case Call.Write write -> inode(write.path()).pending.add(write);
      case Call.Truncate truncate -> inode(truncate.path()).pending.add(truncate);
      case Call.Sync(Path path) -> {
        Inode file = names.get(path);
        if (file != null) {
          write(file.pending, file.durable, Optional.empty());
          file.pending.clear();
        } else {
          pendingNames.forEach(change -> change(durableNames, change.getKey(), change.getValue()));
          pendingNames.clear();
        }
      }
      case Call.Say _ -> {}
    }
  }

  /// Writes the files as they are after a loss of power.
  ///
  /// @param luck decides what survives of that which is not durable; without it nothing does
  void losePower(Optional<Random> luck, Path directory) throws IOException {
    Map<Path, Inode> left = new HashMap<>(durableNames);
    int survivors = luck.map(random -> random.nextInt(pendingNames.size() + 1)).orElse(0);
    pendingNames
        .subList(0, survivors)
        .forEach(change -> change(left, change.getKey(), change.getValue()));
    for (Map.Entry<Path, Inode> file : left.entrySet()) {
      Content content = file.getValue().durable.copy();
      if (luck.isPresent()) {
        write(file.getValue().pending, content, luck);
      }
      Files.write(directory.resolve(file.getKey().getFileName()), content.toBytes());
    }
  }

  private Inode inode(Path path) {
    Inode inode = names.get(path);
    if (inode == null) {
      throw new IllegalStateException("no file " + path);
    }
    return inode;
  }

  private void change(Call call, Inode inode) {
    change(names, call, inode);
    pendingNames.add(Map.entry(call, inode));
  }

  private static void change(Map<Path, Inode> names, Call call, Inode inode) {
    switch (call) {
      case Call.Create(Path path) -> names.put(path, inode);
      case Call.Rename(Path from, Path to) -> {
        names.remove(from);
        names.put(to, inode);
      }
      case Call.Delete(Path path) -> names.remove(path);
      default -> throw new IllegalArgumentException("not a change of names: " + call);
    }
  }

  /// @param luck decides sector by sector; without it everything is written
  private static void write(List<Call> calls, Content content, Optional<Random> luck) {
    for (Call call : calls) {
      switch (call) {
        case Call.Write(Path _, long offset, byte[] data) -> {
          for (int from = 0, length; from < data.length; from += length) {
            int start = Math.toIntExact(offset + from);
            length = Math.min(SECTOR - start % SECTOR, data.length - from);
            if (luck.map(Random::nextBoolean).orElse(true)) {
              content.write(start, data, from, length);
            }
          }
        }
        case Call.Truncate(Path _, long size) -> {
          if (luck.map(Random::nextBoolean).orElse(true)) {
            content.truncate(Math.toIntExact(size));
          }
        }
        default -> throw new IllegalArgumentException("not a change of content: " + call);
      }
    }
  }
}
