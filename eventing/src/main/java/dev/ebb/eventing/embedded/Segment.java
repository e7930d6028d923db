package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A file of entries. Thread-safe for reading; the rest is for the thread that writes it, and for
/// who has it when it is closed.
final class Segment {

  /// A large payload that an event here has.
  record Owned(int stream, long sequence, long id, long bytes) {}

  final SegmentHeader header;
  private final OpenFiles files;
  private final Map<Integer, Extent> extents = new HashMap<>();
  private final List<Owned> payloads = new ArrayList<>();

  /// What counts of the file, in bytes.
  volatile long length;

  /// Whether the file has no more than what counts.
  volatile boolean cut;

  /// Whether the index file is durable.
  volatile boolean indexed;

  Segment(SegmentHeader header, OpenFiles files, long length) {
    this.header = header;
    this.files = files;
    this.length = length;
  }

  String fileName() {
    return header.fileName();
  }

  /// Those of all streams that have events here. Not while it is active.
  Collection<Extent> extents() {
    return extents.values();
  }

  @Nullable Extent extent(int stream) {
    return extents.get(stream);
  }

  /// The extent of a stream, made when there is none.
  Extent growing(int stream) {
    return extents.computeIfAbsent(stream, it -> new Extent(this, it));
  }

  void put(Extent extent) {
    extents.put(extent.stream, extent);
  }

  /// Those that were not deleted yet. Thread-safe, active or not.
  List<Owned> payloads() {
    synchronized (payloads) {
      return List.copyOf(payloads);
    }
  }

  void own(EventRecord event) {
    if (event.content() instanceof Content.Large(long id, long bytes, int _)) {
      own(new Owned(event.stream(), event.sequence(), id, bytes));
    }
  }

  void own(Owned payload) {
    synchronized (payloads) {
      payloads.add(payload);
    }
  }

  void disown(Set<Owned> deleted) {
    synchronized (payloads) {
      payloads.removeAll(deleted);
    }
  }

  /// Reads the event at a position.
  ///
  /// @param size its bytes, as the positions have them
  /// @return empty when what is there is not an event whose checksum is right
  Optional<EventRecord> read(int offset, int size) throws IOException {
    int room = EntryBuffer.HEADER + EventRecord.FIXED + Math.min(size, EntryBuffer.MAX_BODY);
    ByteBuffer bytes = ByteBuffer.allocate(Math.clamp(length - offset, 0, room));
    files.read(fileName(), bytes, offset);
    return decode(bytes.flip(), 0, header.salt(), new CRC32C())
        .filter(entry -> entry.kind() == EntryKind.EVENT || entry.kind() == EntryKind.LARGE_EVENT)
        .map(entry -> EventRecord.decode(entry.kind(), entry.body()));
  }

  /// An entry as it is in a file.
  ///
  /// @param body a view of the buffer
  /// @param length in the file
  record Raw(EntryKind kind, int batch, boolean lastOfBatch, ByteBuffer body, int length) {}

  /// The entry at a place of a buffer, if one is there, whole and right.
  static Optional<Raw> decode(ByteBuffer bytes, int start, int salt, CRC32C crc) {
    if (start + EntryBuffer.HEADER > bytes.limit()
        || bytes.getShort(start + 14) != EntryBuffer.MAGIC) {
      return Optional.empty();
    }
    int bodyLength = bytes.getInt(start + 4);
    int end = start + EntryBuffer.HEADER + bodyLength;
    if (bodyLength < 0
        || bodyLength > EntryBuffer.MAX_BODY
        || end > bytes.limit()
        || bytes.getInt(start) != EntryBuffer.checksum(bytes, start, end, salt, crc)) {
      return Optional.empty();
    }
    return EntryKind.of(bytes.get(start + 12))
        .map(kind ->
            new Raw(
                kind,
                bytes.getInt(start + 8),
                (bytes.get(start + 13) & EntryBuffer.LAST_OF_BATCH) != 0,
                bytes.slice(start + EntryBuffer.HEADER, bodyLength),
                EntryBuffer.aligned(EntryBuffer.HEADER + bodyLength)));
  }
}
