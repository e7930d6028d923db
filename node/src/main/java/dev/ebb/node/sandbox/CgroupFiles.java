package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;

/// The files by which a control group is read and set.
final class CgroupFiles {
  /// A number of 64 bits has 20 digits.
  private static final int LONGEST = 64;

  private CgroupFiles() {}

  static void write(Path file, String value) throws IOException {
    try {
      // Not created: where the kernel has no such file, one must not appear elsewhere.
      Files.writeString(file, value, StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      throw new IOException("cannot write %s to %s: %s".formatted(value, file, e.getMessage()), e);
    }
  }

  static void writeIfThere(Path file, String value) throws IOException {
    if (Files.exists(file)) {
      write(file, value);
    }
  }

  /// 0 when there is no such file.
  static long number(Path file) {
    try {
      return Long.parseLong(text(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /// In one read(2): files of proc_sys(5) have nothing at a second one, and `Files.readString`
  /// begins with one of a single byte where the size is told as 0.
  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = new byte[LONGEST];
      return new String(bytes, 0, Math.max(0, in.read(bytes)), StandardCharsets.US_ASCII);
    }
  }

  /// The value of a line `KEY VALUE`.
  static OptionalLong field(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)
            && line.length() > key.length()
            && line.charAt(key.length()) == ' ') {
          return OptionalLong.of(Long.parseLong(line.substring(key.length() + 1).strip()));
        }
      }
      return OptionalLong.empty();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  static List<Long> processes(Path group) {
    try {
      return Files.readAllLines(group.resolve("cgroup.procs")).stream()
          // One that this process cannot see has the number 0.
          .map(Long::valueOf)
          .filter(pid -> pid > 0)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// @return whether it is gone
  static boolean delete(Path group) {
    try {
      Files.delete(group);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    } catch (IOException e) {
      // EBUSY: somebody is in it.
      return false;
    }
  }
}
