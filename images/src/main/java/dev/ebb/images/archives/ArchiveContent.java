package dev.ebb.images.archives;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.layers.TarEntry;
import dev.ebb.images.layers.TarStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// The files of an archive, each in the content store already. An archive says only in the middle
/// or at its end what its files are, and is read once, in constant memory.
final class ArchiveContent {
  private static final Pattern BLOB = Pattern.compile("blobs/sha256/([0-9a-f]{64})");

  /// An image has at most a few hundred layers, and `docker save` writes three files for each.
  private static final int ENTRIES = 20_000;

  /// Of a document, which is read into memory.
  private static final long DOCUMENT_BYTES = 4L << 20;

  private final Blobs blobs;
  private final InstantSource clock;
  private final Map<String, Stored> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  /// A file of the archive.
  record Stored(String digest, long size) {}

  private ArchiveContent(Blobs blobs, InstantSource clock) {
    this.blobs = blobs;
    this.clock = clock;
  }

  /// @throws ImageException INVALID, DIGEST_MISMATCH or NO_SPACE
  static ArchiveContent read(InputStream archive, Blobs blobs, InstantSource clock)
      throws IOException {
    var content = new ArchiveContent(blobs, clock);
    try {
      content.readAll(new TarStream(decompressed(archive)));
    } catch (EOFException e) {
      throw invalid("it ends too early");
    } catch (FileSystemException e) {
      if ("No space left on device".equals(e.getReason())) {
        throw new ImageException(
            Reason.NO_SPACE, "no space on the disk for the image; see `ebb image gc`", e);
      }
      throw e;
    }
    return content;
  }

  /// The file of a name; links are followed.
  Optional<Stored> find(String name) {
    var target = name;
    for (int hops = 0; hops < 10 && links.containsKey(target); hops++) {
      target = links.get(target);
    }
    return Optional.ofNullable(files.get(target));
  }

  /// The bytes of a document; empty when there is no such file.
  Optional<byte[]> document(String name) throws IOException {
    var stored = find(name);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    if (stored.get().size() > DOCUMENT_BYTES) {
      throw invalid(name + " is larger than 4 MiB");
    }
    return Optional.of(blobs.read(stored.get().digest()));
  }

  private void readAll(TarStream archive) throws IOException {
    int count = 0;
    for (var entry = next(archive); entry.isPresent(); entry = next(archive)) {
      if (++count > ENTRIES) {
        throw invalid("it has more than %d files".formatted(ENTRIES));
      }
      var name = normalised(entry.get().name());
      switch (entry.get().type()) {
        case FILE -> files.put(name, store(name, entry.get(), archive));
        case SYMBOLIC_LINK -> links.put(name, beside(name, entry.get().link()));
        case HARD_LINK -> links.put(name, normalised(entry.get().link()));
        default -> {
          // Directories and the like hold nothing.
        }
      }
    }
  }

  private static Optional<TarEntry> next(TarStream archive) throws IOException {
    try {
      return archive.next();
    } catch (ImageException e) {
      throw invalid("it is no tar archive, or damaged");
    }
  }

  private Stored store(String name, TarEntry entry, TarStream archive) throws IOException {
    if (!entry.extents().isEmpty()) {
      throw invalid(name + " is a sparse file");
    }
    var hash = Digest.sha256();
    var buffer = new byte[256 * 1024];
    var writer = blobs.writer("load-" + UUID.randomUUID());
    try (writer) {
      for (int read = archive.read(buffer); read >= 0; read = archive.read(buffer)) {
        hash.update(buffer, 0, read);
        writer.write(ByteBuffer.wrap(buffer, 0, read));
      }
      var digest = Digest.of(hash);
      var blob = BLOB.matcher(name);
      if (blob.matches() && !blob.group(1).equals(Digest.hex(digest))) {
        throw new ImageException(
            Reason.DIGEST_MISMATCH,
            "the archive is damaged: %s has the digest %s".formatted(name, digest));
      }
      if (blobs.claim(digest, clock.instant())) {
        writer.discard();
      } else {
        writer.commit(digest, clock.instant());
      }
      return new Stored(digest, entry.size());
    } catch (IOException | RuntimeException e) {
      writer.discard();
      throw e;
    }
  }

  /// By its first bytes: `docker save` writes plain archives, which people compress.
  private static InputStream decompressed(InputStream archive) throws IOException {
    var in = new BufferedInputStream(archive, 256 * 1024);
    in.mark(4);
    var magic = in.readNBytes(4);
    in.reset();
    if (magic.length == 4 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
      return new BufferedInputStream(new GZIPInputStream(in, 256 * 1024), 256 * 1024);
    }
    return in;
  }

  private static String beside(String name, String target) {
    var parent = Path.of("/" + name).getParent();
    return normalised(parent == null ? target : parent.resolve(utf8(target)).toString());
  }

  private static String normalised(String name) {
    return Path.of("/" + utf8(name)).normalize().toString().substring(1);
  }

  private static String utf8(String bytes) {
    if (bytes.indexOf('\0') >= 0) {
      throw invalid("a name has a zero byte");
    }
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.US_ASCII);
  }

  static ImageException invalid(String why) {
    return new ImageException(
        Reason.INVALID,
        "this is no archive of an image, as docker save and podman save make them: " + why);
  }
}
