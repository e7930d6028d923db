package dev.ebb.images.layers;

import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.LayerCompression;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipException;

/// Unpacks the archive of one layer. System calls hold the thread: to be called on a platform
/// thread. Stateless apart from the disk; thread-safe.
final class LayerUnpacker {
  private final LayerLimits limits;
  private final LayerOwners owners;

  LayerUnpacker(LayerLimits limits, LayerOwners owners) {
    this.limits = limits;
    this.owners = owners;
  }

  /// What came of it.
  ///
  /// @param bytes of the unpacked archive
  /// @param opaque whether the layer hides all layers below it
  /// @param notes what was left out
  record Result(long bytes, long entries, boolean opaque, List<String> notes) {}

  /// @param blob the layer as it is stored
  /// @param packed size of it, in bytes
  /// @param diffId digest that the archive has to have
  /// @param directory empty, becomes the layer
  /// @param trash empty, on the same file system; the caller deletes it
  /// @throws ImageException INVALID, DIGEST_MISMATCH, TOO_LARGE or NO_SPACE; the directory then
  ///   holds what there was until then
  Result unpack(
      InputStream blob,
      long packed,
      LayerCompression compression,
      String diffId,
      Path directory,
      Path trash)
      throws IOException {
    FileStore disk = Files.getFileStore(directory);
    var budget = new LayerBudget(limits, packed, disk);
    var notes = new LayerNotes();
    try (var files = new LinuxFiles()) {
      int root = files.openDirectory(directory.toString());
      try {
        int bin = files.openDirectory(trash.toString());
        try (var writer = new LayerWriter(files, owners, root, bin, budget, notes)) {
          owners.set(files, root, ".", 0, 0);
          files.setMode(root, 0x1ed);
          try (var archive = UnpackedStream.open(blob, compression, budget)) {
            writeAll(new TarStream(archive), writer);
            archive.verify(diffId);
          }
          writer.finish();
          return new Result(budget.bytes(), budget.entries(), writer.isOpaque(), notes.sentences());
        } finally {
          files.close(bin);
        }
      } finally {
        files.close(root);
      }
    } catch (FileSystemException e) {
      throw e;
    } catch (EOFException | ZipException e) {
      throw damaged(e);
    } catch (IOException e) {
      // What decoders throw has no type of its own; reading a local file hardly fails otherwise.
      throw damaged(e);
    } catch (LinuxException e) {
      throw e.isNoSpace()
          ? LayerBudget.noSpace("the disk is full")
          : new ImageException(Reason.INVALID, "a layer cannot be unpacked: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw e instanceof ImageException ? e : decoderFailure(e);
    }
  }

  private static void writeAll(TarStream archive, LayerWriter writer) throws IOException {
    for (var entry = archive.next(); entry.isPresent(); entry = archive.next()) {
      writer.write(entry.get(), archive);
      if (Thread.currentThread().isInterrupted()) {
        throw new ImageException(Reason.UNREACHABLE, "unpacking was interrupted");
      }
    }
  }

  private static RuntimeException decoderFailure(RuntimeException e) {
    // The zstd decoder says so unchecked.
    return e.getClass().getName().startsWith("io.airlift.compress") ? damaged(e) : e;
  }

  private static ImageException damaged(Exception e) {
    return new ImageException(
        Reason.INVALID, "a layer of the image cannot be decompressed: " + e.getMessage(), e);
  }
}
