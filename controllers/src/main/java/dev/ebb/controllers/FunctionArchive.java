package dev.ebb.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/// The regular files of a zip, a tar or a compressed tar archive; which of them its first bytes
/// say. Directories are left out, links are refused. Paths are normalised only from `./`; whoever
/// stores the files checks them.
final class FunctionArchive {
  /// The limit of a package: what is unpacked is held in memory.
  private static final int MAX_BYTES = 256 << 20;

  private static final int MAX_FILES = 20_000;

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private int bytes;

  private FunctionArchive() {}

  /// @throws FunctionInvalidException with a message for the user
  static Map<String, byte[]> read(byte[] archive) {
    FunctionArchive reader = new FunctionArchive();
    try {
      if (startsWith(archive, 'P', 'K')) {
        reader.readZip(new ByteArrayInputStream(archive));
      } else if (startsWith(archive, 0x1f, 0x8b)) {
        reader.readTar(
            new BufferedInputStream(new GZIPInputStream(new ByteArrayInputStream(archive))));
      } else if (archive.length > 262 && new String(archive, 257, 5, UTF_8).equals("ustar")) {
        reader.readTar(new ByteArrayInputStream(archive));
      } else {
        throw new FunctionInvalidException(
            "spec.source.archive is neither a zip nor a tar.gz archive");
      }
    } catch (ZipException damaged) {
      throw new FunctionInvalidException(
          "spec.source.archive is damaged: " + damaged.getMessage(), damaged);
    } catch (IOException damaged) {
      throw new FunctionInvalidException("spec.source.archive ends too early", damaged);
    }
    if (reader.files.isEmpty()) {
      throw new FunctionInvalidException("spec.source.archive has no files");
    }
    return reader.files;
  }

  private void readZip(InputStream in) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (!entry.isDirectory()) {
        // One byte more than may be left, so that a bomb is found before it is unpacked.
        add(entry.getName(), zip.readNBytes(MAX_BYTES - bytes + 1));
      }
    }
  }

  private void readTar(InputStream in) throws IOException {
    TarArchive.read(in, size -> check(size), this::add);
  }

  private void add(String path, byte[] content) {
    check(content.length);
    bytes += content.length;
    files.put(path.startsWith("./") ? path.substring(2) : path, content);
  }

  private void check(long size) {
    if (files.size() >= MAX_FILES || size > MAX_BYTES - bytes) {
      throw new FunctionInvalidException(
          "spec.source.archive holds more than %d files or %d MiB"
              .formatted(MAX_FILES, MAX_BYTES >> 20));
    }
  }

  private static boolean startsWith(byte[] archive, int first, int second) {
    return archive.length > 1 && archive[0] == (byte) first && archive[1] == (byte) second;
  }
}
