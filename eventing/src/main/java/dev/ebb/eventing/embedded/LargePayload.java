package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.Damage;
import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/// A payload in a file of its own.
final class LargePayload implements Payload {
  private final LogFiles files;
  private final Damages damages;
  private final String stream;
  private final long sequence;
  private final Content.Large content;

  LargePayload(
      LogFiles files, Damages damages, String stream, long sequence, Content.Large content) {
    this.files = files;
    this.damages = damages;
    this.stream = stream;
    this.sequence = sequence;
    this.content = content;
  }

  @Override
  public long length() {
    return content.length();
  }

  @Override
  public InputStream open() {
    try {
      return new Reading(files.open(content.fileName()));
    } catch (IOException e) {
      throw new DamagedEventException(stream, sequence, "its payload cannot be opened: " + e);
    }
  }

  @Override
  public byte[] bytes() {
    try (InputStream in = open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DamagedEventException damaged() {
    damages.add(
        new Damage(
            Damage.Kind.CORRUPT,
            content.fileName(),
            0,
            content.length(),
            List.of(new Damage.Lost(stream, sequence, sequence))));
    return new DamagedEventException(stream, sequence, "wrong bytes in " + content.fileName());
  }

  /// Checks what it read at the end.
  private final class Reading extends InputStream {
    private final LogFile file;
    private final CRC32C crc = new CRC32C();
    private long at;

    private Reading(LogFile file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int most = (int) Math.min(length, content.length() - at);
      if (most == 0) {
        return -1;
      }
      int count = file.read(ByteBuffer.wrap(into, offset, most), at);
      crc.update(into, offset, count);
      at += count;
      boolean cut = count == 0;
      if (cut || (at == content.length() && (int) crc.getValue() != content.checksum())) {
        throw damaged();
      }
      return count;
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
