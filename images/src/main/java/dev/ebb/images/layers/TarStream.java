package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ebb.images.layers.TarEntry.Extent;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a tar archive from a stranger, entry by entry, in constant memory: v7, ustar, pax with
/// extended attributes, GNU's long names and sparse files of all forms. Belongs to one thread.
///
/// @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">POSIX pax</a>
/// @see <a href="https://www.gnu.org/software/tar/manual/html_node/Standard.html">GNU tar: basic
///   format</a>
public final class TarStream {
  /// Of a long name or the records of one pax header. Names end at 4096, extended attributes at 64
  /// KiB each.
  static final int EXTRA_BYTES = 1 << 20;

  private final InputStream in;
  private long remaining;
  private long padding;

  public TarStream(InputStream in) {
    this.in = in;
  }

  /// The next entry; what is left of the one before is skipped.
  ///
  /// @return empty at the end of the archive
  /// @throws dev.ebb.images.distribution.ImageException INVALID for what is no tar archive
  /// @throws EOFException when it ends too early
  public Optional<TarEntry> next() throws IOException {
    skipRest();
    var pax = PaxRecords.NONE;
    var longName = "";
    var longLink = "";
    while (true) {
      var block = new byte[TarHeader.BLOCK];
      int count = in.readNBytes(block, 0, block.length);
      var header = new TarHeader(block);
      // One block of zeros is enough, and none is needed: some programs forget them.
      if (count == 0 || (count == block.length && header.isZero())) {
        return Optional.empty();
      }
      if (count < block.length) {
        throw new EOFException("the archive ends within a header");
      }
      long size = header.verified().number(124, 12);
      switch (header.type()) {
        case 'x', 'X' -> pax = PaxRecords.parse(extra(size));
        // Of the whole archive: git writes the commit there. Nothing that makes a file of an image
        // comes from it, as in the other programs that unpack images.
        case 'g' -> extra(size);
        case 'L' -> longName = text(extra(size));
        case 'K' -> longLink = text(extra(size));
        default -> {
          return Optional.of(entry(header, pax, longName, longLink));
        }
      }
    }
  }

  /// The bytes of the present entry.
  ///
  /// @return -1 at its end
  public int read(byte[] buffer) throws IOException {
    if (remaining == 0) {
      return -1;
    }
    int count = in.read(buffer, 0, (int) Math.min(buffer.length, remaining));
    if (count < 0) {
      throw new EOFException("the archive ends within a file");
    }
    remaining -= count;
    return count;
  }

  private TarEntry entry(TarHeader header, PaxRecords pax, String longName, String longLink)
      throws IOException {
    var type = type(header.type());
    long stored = pax.number("size").orElse(header.number(124, 12));
    if (stored < 0) {
      throw TarHeader.invalid("an entry has a negative size");
    }
    // Only files have content; but other entries may say a size, which means nothing (hard links).
    boolean content = type == TarEntry.Type.FILE;
    remaining = content ? stored : 0;
    padding = content ? -stored & (TarHeader.BLOCK - 1) : 0;
    var name =
        pax.text("GNU.sparse.name")
            .or(() -> pax.text("path"))
            .orElse(longName.isEmpty() ? header.name() : longName);
    var link = pax.text("linkpath").orElse(longLink.isEmpty() ? header.link() : longLink);
    var time = new PaxTime(pax.text("mtime").orElse(""), header.number(136, 12));
    if (type == TarEntry.Type.FILE && name.endsWith("/")) {
      type = TarEntry.Type.DIRECTORY; // As v7 wrote directories.
    }
    var sparse = sparse(header, pax);
    return new TarEntry(
        type,
        name,
        link,
        remaining,
        sparse.isEmpty() ? remaining : sparse.get().size,
        (int) header.number(100, 8) & 0xfff,
        pax.number("uid").orElse(header.number(108, 8)),
        pax.number("gid").orElse(header.number(116, 8)),
        time.seconds(),
        time.nanos(),
        pax.attributes(),
        sparse.map(it -> it.extents).orElse(List.of()));
  }

  private static TarEntry.Type type(char flag) {
    return switch (flag) {
      case '0', '\0', '7', 'S' -> TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMBOLIC_LINK;
      case '3', '4' -> TarEntry.Type.DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default -> throw TarHeader.invalid("an entry is of the unknown type '" + flag + "'");
    };
  }

  private record Sparse(long size, List<Extent> extents) {}

  private Optional<Sparse> sparse(TarHeader header, PaxRecords pax) throws IOException {
    List<Extent> extents = new ArrayList<>();
    long size;
    if (header.type() == 'S') {
      size = header.number(483, 12);
      SparseMaps.ofHeader(header, 386, 4, extents);
      boolean more = header.block()[482] != 0;
      while (more) {
        var next = new TarHeader(exactly(TarHeader.BLOCK));
        SparseMaps.ofHeader(next, 0, 21, extents);
        more = next.block()[504] != 0;
      }
    } else if (pax.text("GNU.sparse.map").isPresent()) {
      size = pax.number("GNU.sparse.size").orElse(remaining);
      extents = SparseMaps.ofText(pax.text("GNU.sparse.map").get());
    } else if (pax.text("GNU.sparse.major").filter("1"::equals).isPresent()) {
      size = pax.number("GNU.sparse.realsize").orElse(remaining);
      extents = mapInContent();
    } else {
      return Optional.empty();
    }
    if (size < 0) {
      throw SparseMaps.invalid();
    }
    return Optional.of(new Sparse(size, SparseMaps.checked(extents, remaining, size)));
  }

  /// Version 1.0: decimal numbers in lines at the beginning of the content, filled up to a block.
  private List<Extent> mapInContent() throws IOException {
    var reader = new LineReader();
    long count = SparseMaps.number(reader.line());
    if (count < 0 || count > SparseMaps.MAXIMUM) {
      throw SparseMaps.invalid();
    }
    List<Extent> extents = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      extents.add(new Extent(SparseMaps.number(reader.line()), SparseMaps.number(reader.line())));
    }
    return extents;
  }

  /// Reads whole blocks of the content, so that what follows the lines is at the next block.
  private final class LineReader {
    private byte[] block = new byte[0];
    private int at;

    String line() throws IOException {
      var line = new StringBuilder();
      while (true) {
        if (at == block.length) {
          if (remaining < TarHeader.BLOCK) {
            throw SparseMaps.invalid();
          }
          block = exactly(TarHeader.BLOCK);
          remaining -= TarHeader.BLOCK;
          at = 0;
        }
        char next = (char) (block[at++] & 0xff);
        if (next == '\n') {
          return line.toString();
        }
        if (line.length() > 20) {
          throw SparseMaps.invalid();
        }
        line.append(next);
      }
    }
  }

  private void skipRest() throws IOException {
    in.skipNBytes(remaining + padding);
    remaining = 0;
    padding = 0;
  }

  private byte[] extra(long size) throws IOException {
    if (size < 0 || size > EXTRA_BYTES) {
      throw TarHeader.invalid(
          "a name or pax header is longer than %d bytes".formatted(EXTRA_BYTES));
    }
    var bytes = exactly((int) size);
    in.skipNBytes(-size & (TarHeader.BLOCK - 1));
    return bytes;
  }

  private byte[] exactly(int count) throws IOException {
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the archive ends within a header");
    }
    return bytes;
  }

  private static String text(byte[] bytes) {
    var text = new String(bytes, ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
