package dev.ebb.images.layers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The system calls on files that Java does not have: everything relative to an open directory, and
/// nothing that follows a link by accident. Names are bytes, which are kept in texts of ISO 8859-1,
/// so that names in any encoding survive.
///
/// Each call throws [LinuxException] when the kernel refuses. Not thread-safe: one is for one
/// thread, which closes it. Numbers and layouts are those of Linux on x86_64 and arm64, which agree
/// except where said; the C library is glibc 2.34 or newer.
@SuppressWarnings("restricted") // The server is started with --enable-native-access.
final class LinuxFiles implements AutoCloseable {
  static final int ENOENT = 2;
  static final int EEXIST = 17;
  static final int ENOTDIR = 20;
  static final int ENOSPC = 28;
  static final int EDQUOT = 122;

  static final int S_IFMT = 0xf000;
  static final int S_IFCHR = 0x2000;
  static final int S_IFDIR = 0x4000;
  static final int S_IFIFO = 0x1000;
  static final int S_IFLNK = 0xa000;

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  private static final int O_CLOEXEC = 0x80000;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final long RESOLVE_NO_MAGICLINKS = 0x2;
  private static final long RESOLVE_IN_ROOT = 0x10;
  // openat2(2) has no wrapper; the call is 437 on every architecture.
  private static final long SYS_OPENAT2 = 437;

  private static final int PATH_BYTES = 8192;
  private static final int DATA_BYTES = 256 * 1024;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle OPENAT2 =
      function(
          "syscall",
          JAVA_LONG,
          Linker.Option.firstVariadicArg(1),
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          ADDRESS,
          JAVA_LONG);
  private static final MethodHandle OPENAT =
      function(
          "openat",
          JAVA_INT,
          Linker.Option.firstVariadicArg(3),
          JAVA_INT,
          ADDRESS,
          JAVA_INT,
          JAVA_INT);
  private static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle WRITE =
      function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle LSEEK =
      function("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FTRUNCATE =
      function("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MKDIRAT =
      function("mkdirat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle MKNODAT =
      function("mknodat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SYMLINKAT =
      function("symlinkat", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle LINKAT =
      function("linkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RENAMEAT =
      function("renameat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle UNLINKAT =
      function("unlinkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle READLINKAT =
      function("readlinkat", JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle STATX =
      function("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle FCHOWNAT =
      function("fchownat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FCHMOD = function("fchmod", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FCHMODAT =
      function("fchmodat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle UTIMENSAT =
      function("utimensat", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle FSETXATTR =
      function("fsetxattr", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SYNCFS = function("syncfs", JAVA_INT, JAVA_INT);
  private static final MethodHandle GETEUID =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("geteuid"), FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
  private final MemorySegment first = arena.allocate(PATH_BYTES);
  private final MemorySegment second = arena.allocate(PATH_BYTES);
  private final MemorySegment how = arena.allocate(24, 8);
  private final MemorySegment stat = arena.allocate(256, 8);
  private final MemorySegment times = arena.allocate(32, 8);
  private final MemorySegment data = arena.allocate(DATA_BYTES);

  /// What `statx` says, as far as it matters here.
  ///
  /// @param mode type and permissions
  /// @param device of a device file: 0 for a whiteout
  record Stat(int mode, long inode, long device) {
    boolean isDirectory() {
      return (mode & S_IFMT) == S_IFDIR;
    }

    boolean isLink() {
      return (mode & S_IFMT) == S_IFLNK;
    }

    /// How overlayfs marks what is deleted: a character device 0, 0.
    boolean isWhiteout() {
      return (mode & S_IFMT) == S_IFCHR && device == 0;
    }
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        KEEP_ERRNO);
  }

  private static MethodHandle function(
      String name, MemoryLayout result, Linker.Option variadic, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        KEEP_ERRNO,
        variadic);
  }

  static boolean isRoot() {
    try {
      return (int) GETEUID.invokeExact() == 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static String message(int number) {
    try {
      return ((MemorySegment) STRERROR.invokeExact(number)).reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// A directory by its path on the machine.
  int openDirectory(String path) {
    try {
      return checked(
          "open",
          (int) OPENAT.invokeExact(errno, AT_FDCWD, text(first, path), O_DIRECTORY | O_CLOEXEC, 0));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// A directory below another, where links, `..` and absolute names are taken as if the other were
  /// the root of the machine (`RESOLVE_IN_ROOT`).
  int openInRoot(int root, String path) {
    how.set(JAVA_LONG, 0, O_DIRECTORY | O_CLOEXEC);
    how.set(JAVA_LONG, 8, 0);
    how.set(JAVA_LONG, 16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    try {
      return checked(
          "openat2",
          (int)
              (long)
                  OPENAT2.invokeExact(
                      errno, SYS_OPENAT2, (long) root, text(first, path), how, how.byteSize()));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// A directory in a directory, itself no link.
  int openChild(int directory, String name) {
    try {
      int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
      return checked(
          "openat", (int) OPENAT.invokeExact(errno, directory, text(first, name), flags, 0));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// A new file for writing, readable by its owner alone.
  int create(int directory, String name) {
    try {
      int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
      return checked(
          "openat", (int) OPENAT.invokeExact(errno, directory, text(first, name), flags, 0x180));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void close(int descriptor) {
    try {
      var ignored = (int) CLOSE.invokeExact(errno, descriptor);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void write(int descriptor, byte[] bytes, int offset, int length) {
    try {
      int end = offset + length;
      while (offset < end) {
        int count = Math.min(end - offset, DATA_BYTES);
        MemorySegment.copy(bytes, offset, data, JAVA_BYTE, 0, count);
        int done = 0;
        while (done < count) {
          done +=
              checked(
                  "write",
                  (int)
                      (long)
                          WRITE.invokeExact(
                              errno, descriptor, data.asSlice(done), (long) (count - done)));
        }
        offset += count;
      }
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Leaves out that many bytes, which read as zeros.
  void skip(int descriptor, long count) {
    try {
      if ((long) LSEEK.invokeExact(errno, descriptor, count, /* SEEK_CUR */ 1) < 0) {
        throw failed("lseek");
      }
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void truncate(int descriptor, long size) {
    try {
      checked("ftruncate", (int) FTRUNCATE.invokeExact(errno, descriptor, size));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void makeDirectory(int directory, String name) {
    try {
      checked("mkdir", (int) MKDIRAT.invokeExact(errno, directory, text(first, name), 0x1ed));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// @param type [#S_IFIFO], or [#S_IFCHR] for a whiteout, which needs no privilege
  void makeNode(int directory, String name, int type) {
    try {
      checked("mknod", (int) MKNODAT.invokeExact(errno, directory, text(first, name), type, 0L));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void symbolicLink(String target, int directory, String name) {
    try {
      checked(
          "symlink",
          (int) SYMLINKAT.invokeExact(errno, text(first, target), directory, text(second, name)));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// A second name for what the first one is, be it a link.
  void link(int fromDirectory, String from, int directory, String name) {
    try {
      checked(
          "link",
          (int)
              LINKAT.invokeExact(
                  errno, fromDirectory, text(first, from), directory, text(second, name), 0));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void rename(int fromDirectory, String from, int directory, String name) {
    try {
      checked(
          "rename",
          (int)
              RENAMEAT.invokeExact(
                  errno, fromDirectory, text(first, from), directory, text(second, name)));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Not for directories.
  void unlink(int directory, String name) {
    try {
      checked("unlink", (int) UNLINKAT.invokeExact(errno, directory, text(first, name), 0));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Where an open file is on the machine.
  String path(int descriptor) {
    return readLink(AT_FDCWD, "/proc/self/fd/" + descriptor);
  }

  String readLink(int directory, String name) {
    try {
      int length =
          checked(
              "readlink",
              (int)
                  (long)
                      READLINKAT.invokeExact(
                          errno, directory, text(first, name), second, second.byteSize()));
      return new String(second.asSlice(0, length).toArray(JAVA_BYTE), ISO_8859_1);
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Of the name itself, when it is a link.
  ///
  /// @throws LinuxException ENOENT when there is none
  Stat stat(int directory, String name) {
    try {
      int basic = 0x7ff;
      checked(
          "statx",
          (int)
              STATX.invokeExact(
                  errno, directory, text(first, name), AT_SYMLINK_NOFOLLOW, basic, stat));
      long device = ((long) stat.get(JAVA_INT, 128) << 32) | stat.get(JAVA_INT, 132);
      return new Stat(stat.get(JAVA_SHORT, 28) & 0xffff, stat.get(JAVA_LONG, 32), device);
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Of the name itself, when it is a link. Takes the set-id bits and capabilities away.
  void setOwner(int directory, String name, int user, int group) {
    try {
      checked(
          "chown",
          (int)
              FCHOWNAT.invokeExact(
                  errno, directory, text(first, name), user, group, AT_SYMLINK_NOFOLLOW));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void setMode(int descriptor, int mode) {
    try {
      checked("chmod", (int) FCHMOD.invokeExact(errno, descriptor, mode));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Not for links, which it would follow.
  void setMode(int directory, String name, int mode) {
    try {
      checked("chmod", (int) FCHMODAT.invokeExact(errno, directory, text(first, name), mode, 0));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Of the name itself, when it is a link.
  void setTime(int directory, String name, long seconds, int nanos) {
    times.set(JAVA_LONG, 0, seconds);
    times.set(JAVA_LONG, 8, nanos);
    times.set(JAVA_LONG, 16, seconds);
    times.set(JAVA_LONG, 24, nanos);
    try {
      checked(
          "utimensat",
          (int)
              UTIMENSAT.invokeExact(
                  errno, directory, text(first, name), times, AT_SYMLINK_NOFOLLOW));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  void setAttribute(int descriptor, String name, byte[] value) {
    try {
      MemorySegment.copy(value, 0, data, JAVA_BYTE, 0, value.length);
      checked(
          "setxattr",
          (int)
              FSETXATTR.invokeExact(
                  errno, descriptor, text(first, name), data, (long) value.length, 0));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /// Writes what the file system of an open file holds in memory to the disk.
  void sync(int descriptor) {
    try {
      checked("syncfs", (int) SYNCFS.invokeExact(errno, descriptor));
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private static MemorySegment text(MemorySegment buffer, String text) {
    var bytes = text.getBytes(ISO_8859_1);
    if (bytes.length >= PATH_BYTES) {
      throw new LinuxException("name", /* ENAMETOOLONG */ 36);
    }
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    buffer.set(JAVA_BYTE, bytes.length, (byte) 0);
    return buffer;
  }

  private int checked(String call, int result) {
    if (result < 0) {
      throw failed(call);
    }
    return result;
  }

  private LinuxException failed(String call) {
    return new LinuxException(call, (int) ERRNO.get(errno, 0L));
  }

  private static RuntimeException sneaky(Throwable e) {
    if (e instanceof RuntimeException known) {
      return known;
    }
    throw new AssertionError(e);
  }
}
