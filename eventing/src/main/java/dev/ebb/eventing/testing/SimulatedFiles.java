package dev.ebb.eventing.testing;

import dev.ebb.eventing.embedded.LogFile;
import dev.ebb.eventing.embedded.LogFiles;
import dev.ebb.eventing.embedded.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A directory on a disk that forgets what was not synced, fills up, fails and rots. Thread-safe.
///
/// As strict as POSIX lets a file system be: bytes are durable when their file was synced, names
/// when the directory was. Of the rest any sector of any write may survive a loss of power or not,
/// in any order; of the changes of names the first so many. Like
/// [dev.ebb.eventing.embedded.DiskFiles] otherwise.
public final class SimulatedFiles implements LogFiles {
  private static final int SECTOR = 512;

  /// A write or a truncation that is not durable.
  ///
  /// @param bytes empty for a truncation to `offset`
  private record Change(long offset, Optional<byte[]> bytes) {}

  private static final class Inode {
    private final Content durable;
    private final Content now;
    private final List<Change> pending = new ArrayList<>();

    private Inode(Content durable) {
      this.durable = durable;
      now = durable.copy();
    }
  }

  /// A change of names: `inode` gets the name `to`, and the name `from` goes.
  private record Naming(@Nullable String from, @Nullable String to, @Nullable Inode inode) {
    void apply(Map<String, Inode> names) {
      if (from != null) {
        names.remove(from);
      }
      if (to != null && inode != null) {
        names.put(to, inode);
      }
    }
  }

  private final Map<String, Inode> durableNames = new HashMap<>();
  private final Map<String, Inode> names = new TreeMap<>();
  private final List<Naming> pendingNames = new ArrayList<>();
  private long capacity = Long.MAX_VALUE;
  private long callsLeft = Long.MAX_VALUE;
  private int syncsThatFail;
  private long reads;
  private boolean syncs = true;
  private boolean directorySyncs = true;
  private boolean off;

  /// The power is lost after so many more calls that change something: the last of them is not
  /// done, or half.
  public synchronized void losePowerAfter(long calls) {
    callsLeft = calls;
  }

  /// All files together may have so many bytes from now on.
  public synchronized void limit(long bytes) {
    capacity = bytes;
  }

  /// How often something was read, by whatever file.
  public synchronized long reads() {
    return reads;
  }

  /// The bytes of all files.
  public synchronized long used() {
    return names.values().stream().mapToLong(inode -> inode.now.size()).sum();
  }

  /// The next so many syncs of files fail; what they were about is lost, and the next sync says
  /// nothing of it.
  public synchronized void failSyncs(int count) {
    syncsThatFail = count;
  }

  /// A disk that only says that it synced: for control, a test of durability must fail with it.
  public synchronized void ignoreSyncs() {
    syncs = false;
  }

  /// A disk that only says that it synced names: for control.
  public synchronized void ignoreDirectorySyncs() {
    directorySyncs = false;
  }

  public synchronized boolean isOff() {
    return off;
  }

  /// The disk after a loss of power.
  ///
  /// @param luck decides what survives of that which is not durable; without it nothing does
  public synchronized SimulatedFiles afterPowerLoss(Optional<RandomGenerator> luck) {
    SimulatedFiles after = new SimulatedFiles();
    Map<String, Inode> left = new HashMap<>(durableNames);
    int survivors = luck.map(it -> it.nextInt(pendingNames.size() + 1)).orElse(0);
    pendingNames.subList(0, survivors).forEach(naming -> naming.apply(left));
    left.forEach((name, inode) -> {
      Content content = inode.durable.copy();
      luck.ifPresent(it -> inode.pending.forEach(change -> survive(content, change, it)));
      after.put(name, content);
    });
    return after;
  }

  /// The disk after the process was killed: the kernel has all that was written.
  public synchronized SimulatedFiles afterKill() {
    SimulatedFiles after = new SimulatedFiles();
    names.forEach((name, inode) -> {
      Inode copy = new Inode(inode.durable.copy());
      copy.pending.addAll(inode.pending);
      inode.pending.forEach(change -> perform(copy.now, change));
      after.names.put(name, copy);
    });
    durableNames.forEach((name, inode) -> {
      Inode same = names.get(name) == inode ? after.names.get(name) : null;
      after.durableNames.put(name, same == null ? new Inode(inode.durable.copy()) : same);
    });
    after.pendingNames.add(new Naming(null, null, null));
    after.names.forEach((name, inode) -> after.pendingNames.add(new Naming(null, name, inode)));
    durableNames.keySet().stream()
        .filter(name -> !names.containsKey(name))
        .forEach(name -> after.pendingNames.add(new Naming(name, null, null)));
    return after;
  }

  private void put(String name, Content content) {
    Inode inode = new Inode(content);
    names.put(name, inode);
    durableNames.put(name, inode);
  }

  /// Changes one bit of what a file has.
  public synchronized void flipBit(String name, long offset, int bit) throws IOException {
    Inode inode = inode(name);
    inode.durable.flip(offset, bit);
    inode.now.flip(offset, bit);
  }

  /// Cuts a file, as someone could who does not know it.
  public synchronized void cut(String name, long size) throws IOException {
    Inode inode = inode(name);
    inode.durable.truncate(size);
    inode.now.truncate(size);
  }

  @Override
  public String directory() {
    return "simulated";
  }

  @Override
  public synchronized List<String> list() throws IOException {
    requireOn();
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized LogFile create(String name) throws IOException {
    change();
    if (names.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Inode inode = new Inode(new Content());
    naming(new Naming(null, name, inode));
    return new SimulatedFile(name, inode);
  }

  @Override
  public synchronized LogFile open(String name) throws IOException {
    requireOn();
    return new SimulatedFile(name, inode(name));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    change();
    naming(new Naming(from, to, inode(from)));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    change();
    if (names.containsKey(name)) {
      naming(new Naming(name, null, null));
    }
  }

  private void naming(Naming naming) {
    naming.apply(names);
    pendingNames.add(naming);
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    change();
    if (syncs && directorySyncs) {
      pendingNames.forEach(naming -> naming.apply(durableNames));
      pendingNames.clear();
    }
  }

  @Override
  public void close() {}

  private Inode inode(String name) throws IOException {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new NoSuchFileException(name);
    }
    return inode;
  }

  private void requireOn() throws IOException {
    if (off) {
      throw new IOException("the power is off");
    }
  }

  private void change() throws IOException {
    requireOn();
    if (--callsLeft < 0) {
      off = true;
      throw new IOException("the power went off");
    }
  }

  private static void perform(Content content, Change change) {
    change
        .bytes()
        .ifPresentOrElse(
            bytes -> content.write(change.offset(), bytes, 0, bytes.length),
            () -> content.truncate(change.offset()));
  }

  private static void survive(Content content, Change change, RandomGenerator luck) {
    if (change.bytes().isEmpty()) {
      if (luck.nextBoolean()) {
        content.truncate(change.offset());
      }
      return;
    }
    byte[] bytes = change.bytes().get();
    for (int from = 0, length; from < bytes.length; from += length) {
      long start = change.offset() + from;
      length = (int) Math.min(SECTOR - start % SECTOR, bytes.length - from);
      if (luck.nextBoolean()) {
        content.write(start, bytes, from, length);
      }
    }
  }

  private final class SimulatedFile implements LogFile {
    private final String name;
    private final Inode inode;
    private boolean closed;

    private SimulatedFile(String name, Inode inode) {
      this.name = name;
      this.inode = inode;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (SimulatedFiles.this) {
        requireOpen();
        reads++;
        return inode.now.read(into, position);
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      synchronized (SimulatedFiles.this) {
        requireOpen();
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        try {
          change();
        } catch (IOException e) {
          // The call during which the power went: some of it may have come to the disk.
          inode.pending.add(new Change(position, Optional.of(bytes)));
          throw e;
        }
        long growth = Math.max(0, position + bytes.length - inode.now.size());
        long room = Math.max(0, capacity - used());
        if (growth > room) {
          byte[] some = java.util.Arrays.copyOf(bytes, (int) (bytes.length - growth + room));
          keep(new Change(position, Optional.of(some)));
          throw new NoSpaceException(name);
        }
        keep(new Change(position, Optional.of(bytes)));
      }
    }

    private void keep(Change change) {
      inode.pending.add(change);
      perform(inode.now, change);
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimulatedFiles.this) {
        requireOpen();
        change();
        if (size < inode.now.size()) {
          keep(new Change(size, Optional.empty()));
        }
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedFiles.this) {
        requireOpen();
        change();
        if (syncsThatFail > 0) {
          syncsThatFail--;
          // The page cache calls them clean; the disk never gets them.
          inode.pending.clear();
          throw new IOException("input/output error in " + name);
        }
        if (syncs) {
          inode.pending.forEach(change -> perform(inode.durable, change));
          inode.pending.clear();
        }
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (SimulatedFiles.this) {
        requireOpen();
        return inode.now.size();
      }
    }

    @Override
    public void close() {
      closed = true;
    }

    private void requireOpen() throws IOException {
      requireOn();
      if (closed) {
        throw new java.nio.channels.ClosedChannelException();
      }
    }
  }
}
