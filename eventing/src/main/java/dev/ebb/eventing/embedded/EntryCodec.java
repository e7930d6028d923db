package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.eventing.log.StreamSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Entries other than events as bytes.
final class EntryCodec {
  private static final int ITEM = 24;
  private static final int RUN = 16;

  private EntryCodec() {}

  static void encode(Entry entry, EntryBuffer out) {
    switch (entry) {
      case Entry.Stream it -> {
        ByteBuffer body = out.begin(EntryKind.STREAM, 4 + text(it.name()) + 1 + 6 * 8);
        body.putInt(it.stream());
        putText(body, it.name());
        putSettings(body, it.settings());
        body.putLong(it.first()).putLong(it.last()).putLong(it.lastTime());
      }
      case Entry.StreamDeleted it -> out.begin(EntryKind.STREAM_DELETED, 4).putInt(it.stream());
      case Entry.Cursor it -> {
        ByteBuffer body =
            out.begin(EntryKind.CURSOR, 24 + text(it.name()) + RUN * it.skipped().size());
        body.putInt(it.stream()).putInt(it.cursor());
        putText(body, it.name());
        body.putInt(it.window()).putLong(it.next()).putInt(it.skipped().size());
        it.skipped().forEach(run -> body.putLong(run[0]).putLong(run[1]));
      }
      case Entry.CursorDeleted it ->
          out.begin(EntryKind.CURSOR_DELETED, 8).putInt(it.stream()).putInt(it.cursor());
      case Entry.Handed it -> {
        ByteBuffer body = out.begin(EntryKind.HANDED, 28 + ITEM * it.items().size());
        body.putInt(it.stream()).putInt(it.cursor()).putLong(it.before()).putLong(it.after());
        body.putInt(it.items().size());
        for (Entry.Handed.Item item : it.items()) {
          body.putLong(item.sequence()).putInt(item.attempts()).putLong(item.notBefore());
          body.putInt(item.bytes());
        }
      }
      case Entry.Settled it ->
          out.begin(EntryKind.SETTLED, 16)
              .putInt(it.stream())
              .putInt(it.cursor())
              .putLong(it.sequence());
      case Entry.Trimmed it ->
          out.begin(EntryKind.TRIMMED, 12).putInt(it.stream()).putLong(it.first());
      case Entry.CheckpointEnd it -> out.begin(EntryKind.CHECKPOINT_END, 4).putInt(it.nextStream());
    }
    out.end();
  }

  /// @param body of a checksum that was right, so this never fails but for a mistake in this
  ///   program
  static Entry decode(EntryKind kind, ByteBuffer body) {
    return switch (kind) {
      case STREAM ->
          new Entry.Stream(
              body.getInt(),
              getText(body),
              getSettings(body),
              body.getLong(),
              body.getLong(),
              body.getLong());
      case STREAM_DELETED -> new Entry.StreamDeleted(body.getInt());
      case CURSOR ->
          new Entry.Cursor(
              body.getInt(),
              body.getInt(),
              getText(body),
              body.getInt(),
              body.getLong(),
              getRuns(body));
      case CURSOR_DELETED -> new Entry.CursorDeleted(body.getInt(), body.getInt());
      case HANDED ->
          new Entry.Handed(
              body.getInt(), body.getInt(), body.getLong(), body.getLong(), getItems(body));
      case SETTLED -> new Entry.Settled(body.getInt(), body.getInt(), body.getLong());
      case TRIMMED -> new Entry.Trimmed(body.getInt(), body.getLong());
      case CHECKPOINT_END -> new Entry.CheckpointEnd(body.getInt());
      case EVENT, LARGE_EVENT -> throw new IllegalArgumentException("not for events");
    };
  }

  private static List<Entry.Handed.Item> getItems(ByteBuffer body) {
    int count = body.getInt();
    List<Entry.Handed.Item> items = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      items.add(
          new Entry.Handed.Item(body.getLong(), body.getInt(), body.getLong(), body.getInt()));
    }
    return items;
  }

  private static List<long[]> getRuns(ByteBuffer body) {
    int count = body.getInt();
    List<long[]> runs = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      runs.add(new long[] {body.getLong(), body.getLong()});
    }
    return runs;
  }

  private static void putSettings(ByteBuffer body, StreamSettings settings) {
    int flags = (settings.untilAcknowledged() ? 1 : 0) | (settings.refuseWhenFull() ? 2 : 0);
    body.put((byte) flags);
    // 0 stands for none, for all of them are positive.
    body.putLong(settings.maxAge().map(Duration::toMillis).orElse(0L));
    body.putLong(settings.maxBytes().orElse(0)).putLong(settings.maxEvents().orElse(0));
  }

  private static StreamSettings getSettings(ByteBuffer body) {
    int flags = body.get();
    long age = body.getLong();
    return new StreamSettings(
        (flags & 1) != 0,
        age == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(age)),
        limit(body.getLong()),
        limit(body.getLong()),
        (flags & 2) != 0);
  }

  private static OptionalLong limit(long value) {
    return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static int text(String text) {
    return 2 + 3 * text.length();
  }

  private static void putText(ByteBuffer body, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    body.putShort((short) bytes.length).put(bytes);
  }

  private static String getText(ByteBuffer body) {
    byte[] bytes = new byte[body.getShort()];
    body.get(bytes);
    return new String(bytes, UTF_8);
  }
}
