package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// Netlink requests for one datagram, in the form of netlink(7): headers and attributes aligned to
/// four bytes, numbers in the byte order of the machine. Not thread-safe.
final class NetlinkMessages {
  static final int REQUEST = 0x1;
  static final int ACK = 0x4;
  static final int DUMP = 0x300;
  static final int REPLACE = 0x100;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;

  private static final int NESTED = 0x8000;

  private ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
  private final List<String> purposes = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();
  private final Deque<Integer> open = new ArrayDeque<>();

  /// @param purpose named when the kernel refuses
  /// @param flags beside `NLM_F_REQUEST`
  NetlinkMessages begin(String purpose, int type, int flags) {
    finish();
    purposes.add(purpose);
    starts.add(buffer.position());
    // The length and the sequence number are set when it is sent.
    return u32(0).u16(type).u16(flags | REQUEST).u32(0).u32(0);
  }

  NetlinkMessages u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  NetlinkMessages u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  NetlinkMessages u32(int value) {
    room(4).putInt(value);
    return this;
  }

  NetlinkMessages attribute(int type, byte[] value) {
    u16(4 + value.length).u16(type);
    room(value.length).put(value);
    return align();
  }

  NetlinkMessages attribute(int type, int value) {
    return u16(8).u16(type).u32(value);
  }

  /// Ended by a zero byte.
  NetlinkMessages attribute(int type, String value) {
    byte[] text = value.getBytes(US_ASCII);
    return attribute(type, Arrays.copyOf(text, text.length + 1));
  }

  NetlinkMessages nest(int type) {
    open.push(buffer.position());
    return u16(0).u16(type | NESTED);
  }

  NetlinkMessages unnest() {
    int start = open.pop();
    buffer.putShort(start, (short) (buffer.position() - start));
    return this;
  }

  int count() {
    return purposes.size();
  }

  String purpose(int index) {
    return purposes.get(index);
  }

  /// Which messages ask for an acknowledgement.
  long acknowledged() {
    return starts.stream().filter(at -> (buffer.getShort(at + 6) & ACK) != 0).count();
  }

  /// @param sequence the number of the first message; each further one has one more
  byte[] bytes(int sequence) {
    finish();
    for (int i = 0; i < starts.size(); i++) {
      buffer.putInt(starts.get(i) + 8, sequence + i);
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private void finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("an attribute is not closed");
    }
    if (!starts.isEmpty()) {
      int start = starts.getLast();
      buffer.putInt(start, buffer.position() - start);
    }
  }

  private NetlinkMessages align() {
    int rest = -buffer.position() & 3;
    room(rest).put(new byte[rest]);
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      var larger =
          ByteBuffer.allocate(2 * (buffer.capacity() + bytes)).order(ByteOrder.nativeOrder());
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }
}
