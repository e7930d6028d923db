package dev.ebb.node.network;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.node.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// A socket of netlink(7). It speaks to the network namespace in which its opener was, whichever
/// thread uses it. The kernel answers before the call that asks returns, so nothing ever waits.
/// Thread-safe.
final class Netlink implements AutoCloseable {
  /// rtnetlink(7): links, addresses, routes.
  static final int ROUTE = 0;

  /// sock_diag(7): sockets.
  static final int SOCKETS = 4;

  /// nfnetlink: nf_tables and connection tracking.
  static final int NETFILTER = 12;

  private static final int HEADER = 16;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int CAPPED = 0x100;
  private static final int BUFFER_BYTES = 1 << 15;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int EAGAIN = 11;

  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
  private static final MethodHandle SOCKET =
      Linux.function(
          "socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), KEEP_ERRNO);
  private static final MethodHandle SETSOCKOPT =
      Linux.function(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      Linux.function(
          "send",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          KEEP_ERRNO);
  private static final MethodHandle RECV =
      Linux.function(
          "recv",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          KEEP_ERRNO);

  private final int socket;
  private final MemorySegment errno;
  private final MemorySegment memory;
  private final ReentrantLock lock = new ReentrantLock();
  private int sequence = 1;
  private boolean closed;

  /// What requests and answers stand in, for one socket at a time.
  static final class Memory {
    // Left to the collector: to close a shared arena stops every thread for a moment.
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment errno = Linux.errnoBuffer(arena);
    private final MemorySegment memory = arena.allocate(BUFFER_BYTES, 8);
  }

  private Netlink(int socket, Memory buffers) {
    this.socket = socket;
    errno = buffers.errno;
    memory = buffers.memory;
  }

  /// @throws NetlinkException when the kernel has no such protocol
  static Netlink open(int protocol) {
    return open(protocol, new Memory());
  }

  /// The same.
  static Netlink open(int protocol, Memory buffers) {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      int type = /* SOCK_RAW | SOCK_CLOEXEC */ 3 | 0x80000;
      int socket = (int) SOCKET.invokeExact(errno, /* AF_NETLINK */ 16, type, protocol);
      if (socket < 0) {
        throw new NetlinkException("netlink socket", Linux.errno(errno), "");
      }
      var on = arena.allocateFrom(JAVA_INT, 1);
      // NETLINK_CAP_ACK and NETLINK_EXT_ACK: answers without the question, with words. Kernels that
      // have them not give less to read, no more.
      for (int option : new int[] {10, 11}) {
        var ignored = (int) SETSOCKOPT.invokeExact(socket, /* SOL_NETLINK */ 270, option, on, 4);
      }
      return new Netlink(socket, buffers);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Has all requests done, in their order.
  ///
  /// @return what the kernel answered to those that ask for something: bodies without headers
  /// @throws NetlinkException of the first that it refused; the others are done none the less,
  ///   except in a transaction of nf_tables
  List<ByteBuffer> execute(NetlinkMessages messages) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("closed");
      }
      int first = sequence;
      sequence += messages.count();
      send(messages.bytes(first));
      return answers(messages, first);
    } finally {
      lock.unlock();
    }
  }

  private void send(byte[] bytes) {
    // A dump of answers and a large transaction are both held by one buffer.
    if (bytes.length > BUFFER_BYTES) {
      throw new IllegalArgumentException(bytes.length + " bytes in one netlink datagram");
    }
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
    try {
      if ((long) SEND.invokeExact(errno, socket, memory, (long) bytes.length, 0) < 0) {
        throw new NetlinkException("netlink send", Linux.errno(errno), "");
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private List<ByteBuffer> answers(NetlinkMessages messages, int first) {
    var bodies = new ArrayList<ByteBuffer>();
    NetlinkException refused = null;
    long left = messages.acknowledged();
    while (left > 0) {
      int length = receive();
      if (length < 0) {
        if (refused != null) {
          // The whole transaction was refused with its first message.
          break;
        }
        throw new NetlinkException(messages.purpose(0), EAGAIN, "no answer");
      }
      var packet =
          ByteBuffer.wrap(memory.asSlice(0, length).toArray(JAVA_BYTE))
              .order(ByteOrder.nativeOrder());
      for (int at = 0; at + HEADER <= length; at += align(packet.getInt(at))) {
        int index = packet.getInt(at + 8) - first;
        if (index < 0 || index >= messages.count()) {
          continue;
        }
        int type = packet.getShort(at + 4);
        if (type == NLMSG_ERROR || type == NLMSG_DONE) {
          left--;
          int code = packet.getInt(at + HEADER);
          if (code < 0 && refused == null) {
            refused = new NetlinkException(messages.purpose(index), -code, detail(packet, at));
          }
        } else {
          bodies.add(
              packet.slice(at + HEADER, packet.getInt(at) - HEADER).order(ByteOrder.nativeOrder()));
        }
      }
    }
    if (refused != null) {
      throw refused;
    }
    return bodies;
  }

  /// @return -1 when there is nothing
  private int receive() {
    try {
      long length = (long) RECV.invokeExact(errno, socket, memory, memory.byteSize(), MSG_DONTWAIT);
      if (length < 0 && Linux.errno(errno) != EAGAIN) {
        throw new NetlinkException("netlink receive", Linux.errno(errno), "");
      }
      return (int) length;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// `NLMSGERR_ATTR_MSG`, the kernel's own words.
  private static String detail(ByteBuffer packet, int at) {
    if ((packet.getShort(at + 6) & CAPPED) == 0) {
      return "";
    }
    int end = at + packet.getInt(at);
    int attribute = at + HEADER + 4 + HEADER;
    while (attribute + 4 <= end) {
      int length = packet.getShort(attribute);
      if (packet.getShort(attribute + 2) == 1) {
        byte[] text = new byte[length - 5];
        packet.get(attribute + 4, text);
        return new String(text, UTF_8);
      }
      if (length < 4) {
        break;
      }
      attribute += align(length);
    }
    return "";
  }

  static int align(int length) {
    return (length + 3) & ~3;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        Linux.close(socket);
      }
    } finally {
      lock.unlock();
    }
  }
}
