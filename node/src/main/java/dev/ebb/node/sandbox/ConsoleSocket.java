package dev.ebb.node.sandbox;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ebb.node.Linux;
import dev.ebb.node.Terminal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a runtime sends the terminal that it made in a container: `--console-socket` of crun and
/// runc. A descriptor comes as a control message (unix(7), SCM_RIGHTS; cmsg(3)), which Java's
/// sockets do not read. One thread uses it.
final class ConsoleSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int STREAM_CLOEXEC = 1 | 0x80000;
  private static final int ACCEPT_CLOEXEC = 0x80000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int F_SETFL = 4;
  private static final int O_RDWR_NONBLOCK = 0x2 | 0x800;

  /// struct sockaddr_un: the family, then a path of at most 107 bytes and a zero.
  private static final int ADDRESS_BYTES = 110;

  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final MethodHandle SOCKET =
      Linux.function(
          "socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
  private static final MethodHandle BIND =
      Linux.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle LISTEN =
      Linux.function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
  private static final MethodHandle ACCEPT =
      Linux.function(
          "accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle RECEIVE =
      Linux.function(
          "recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle CONTROL =
      Linux.function(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));

  private final int socket;
  private final Path path;

  private ConsoleSocket(int socket, Path path) {
    this.socket = socket;
    this.path = path;
  }

  /// @param path at most 107 bytes; what is there is replaced
  static ConsoleSocket listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      int socket = (int) SOCKET.invokeExact(errno, AF_UNIX, STREAM_CLOEXEC, 0);
      check(socket, errno, "socket");
      var address = arena.allocate(ADDRESS_BYTES, 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      address.setString(2, path.toString());
      try {
        check((int) BIND.invokeExact(errno, socket, address, ADDRESS_BYTES), errno, "bind " + path);
        check((int) LISTEN.invokeExact(errno, socket, 1), errno, "listen");
      } catch (IOException e) {
        Linux.close(socket);
        throw e;
      }
      return new ConsoleSocket(socket, path);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  Path path() {
    return path;
  }

  /// What the runtime has sent; to be called when it has ended well, for then it has.
  ///
  /// @return a terminal whose descriptor does not block
  Terminal receive() throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      int peer =
          (int)
              ACCEPT.invokeExact(
                  errno, socket, MemorySegment.NULL, MemorySegment.NULL, ACCEPT_CLOEXEC);
      check(peer, errno, "accept");
      try {
        int descriptor = receive(arena, errno, peer);
        check(
            (int) CONTROL.invokeExact(errno, descriptor, F_SETFL, O_RDWR_NONBLOCK), errno, "fcntl");
        return new Terminal(descriptor, Path.of("/dev/console"));
      } finally {
        Linux.close(peer);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int receive(Arena arena, MemorySegment errno, int peer) throws Throwable {
    // With the descriptor comes at least a byte: runtimes send the terminal's name.
    var name = arena.allocate(256);
    var vector = arena.allocate(16, 8);
    vector.set(ADDRESS, 0, name);
    vector.set(JAVA_LONG, 8, name.byteSize());
    // struct cmsghdr (length, level, type) and one descriptor.
    var control = arena.allocate(24, 8);
    var header = arena.allocate(56, 8);
    header.set(ADDRESS, 16, vector);
    header.set(JAVA_LONG, 24, 1);
    header.set(ADDRESS, 32, control);
    header.set(JAVA_LONG, 40, control.byteSize());
    long count = (long) RECEIVE.invokeExact(errno, peer, header, MSG_CMSG_CLOEXEC);
    check((int) count, errno, "recvmsg");
    if (header.get(JAVA_LONG, 40) < 20
        || control.get(JAVA_INT, 8) != SOL_SOCKET
        || control.get(JAVA_INT, 12) != SCM_RIGHTS) {
      throw new IOException("the container runtime sent no terminal");
    }
    return control.get(JAVA_INT, 16);
  }

  @Override
  public void close() throws IOException {
    Linux.close(socket);
    Files.deleteIfExists(path);
  }

  private static void check(int result, MemorySegment errno, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": " + Linux.message(Linux.errno(errno)));
    }
  }
}
