package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.node.pods.ContainerLogs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The output of all instances, past and present, in `NAMESPACE/REVISION/`, see [LogName]. One
/// thread looks at the live logs ten times a second, so a program that writes 100 MB/s is at most
/// 10 MB over its share, and once a minute deletes old logs of ended instances. Thread-safe.
final class NodeLogs implements ContainerLogs, AutoCloseable {
  private static final Logger LOG = System.getLogger(NodeLogs.class.getName());
  private static final long CHECK_MILLIS = 100;
  private static final Duration COLLECT = Duration.ofMinutes(1);
  // Less than this of each instance is of no use to anybody.
  private static final long SMALLEST_SHARE = 64 << 10;

  // Each is opened once a minute; with so many that takes a few hundredths of a second.
  private static final int MOST_ENDED = 1000;

  private final Path directory;
  private final long keepPerInstance;
  private final long keepInAll;
  private final Duration age;
  private final Map<LogName, InstanceLog> live = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  NodeLogs(Path directory, NodeConfig config) {
    this.directory = directory;
    keepPerInstance = config.logs().bytesPerInstance();
    keepInAll = config.logs().bytes();
    age = config.logs().age();
    thread = Thread.ofPlatform().name("ebb-node-logs").daemon().start(this::run);
  }

  /// An instance began to write.
  void opened(RevisionId revision, InstanceId id) {
    opened(folder(revision), LogName.process(id));
  }

  private void opened(Path folder, LogName name) {
    try {
      live.put(name, InstanceLog.open(folder.resolve(name.file())));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot watch the log " + name.file(), e);
    }
  }

  @Override
  public Path file(Name name) throws IOException {
    var folder = folder(name.revision());
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    return folder.resolve(name(name).file());
  }

  @Override
  public Path open(Name name) throws IOException {
    Path file = file(name);
    opened(folder(name.revision()), name(name));
    return file;
  }

  @Override
  public void closed(Name name) {
    closed(name(name));
  }

  @Override
  public String lastLines(Name name) {
    return lastLines(folder(name.revision()).resolve(name(name).file()));
  }

  @Override
  public String lastLines(Name name, int lines, int bytes) {
    try {
      Path file = folder(name.revision()).resolve(name(name).file());
      return InstanceLog.open(file).lastLines(lines, bytes);
    } catch (IOException e) {
      return "";
    }
  }

  private static LogName name(Name name) {
    return new LogName(name.instance().value(), name.container(), name.attempt());
  }

  /// All its processes are gone.
  void closed(InstanceId id) {
    closed(LogName.process(id));
  }

  private void closed(LogName name) {
    var log = live.remove(name);
    if (log != null) {
      check(log);
      deleteEmpty(log);
    }
  }

  int live() {
    return live.size();
  }

  /// @throws UncheckedIOException when a log cannot be read
  InputStream read(LogQuery query) {
    try {
      return new LogStream(query, this, live::containsKey);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a program writes from now on, until it has ended.
  ///
  /// @throws IOException when it has never been started, or its log is gone
  InputStream tail(RevisionId revision, LogName name) throws IOException {
    InstanceLog log = live.get(name);
    return new LogTail(
        log == null ? InstanceLog.open(folder(revision).resolve(name.file())) : log,
        () -> live.containsKey(name));
  }

  /// Whether a program of the instance may still write.
  boolean isLive(String instance) {
    return live.keySet().stream().anyMatch(name -> name.instance().equals(instance));
  }

  String lastLines(RevisionId revision, InstanceId id) {
    return lastLines(folder(revision).resolve(LogName.process(id).file()));
  }

  private static String lastLines(Path file) {
    try {
      return InstanceLog.open(file).lastLines();
    } catch (IOException e) {
      return "";
    }
  }

  /// The logs that a query is for, without known files; the oldest first.
  List<InstanceLog> find(LogQuery query, Set<String> known) throws IOException {
    var found = new ArrayList<InstanceLog>();
    for (var file : files(query)) {
      if (!known.contains(file.toString()) && Files.exists(file)) {
        var log = live.get(LogName.parse(file));
        found.add(log == null ? InstanceLog.open(file) : log);
      }
    }
    return found;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Path> files(LogQuery query) throws IOException {
    var there = new LinkedHashMap<LogName, Path>();
    if (query.revisions().isEmpty() && query.instance().isPresent()) {
      all().forEach(file -> there.put(LogName.parse(file), file));
    }
    for (var revision : query.revisions()) {
      var folder = folder(revision);
      if (Files.isDirectory(folder)) {
        try (var files = Files.newDirectoryStream(folder, "*.log")) {
          files.forEach(file -> there.put(LogName.parse(file), file));
        }
      }
    }
    return LogName.chosen(there.keySet(), query).map(there::get).toList();
  }

  private Path folder(RevisionId revision) {
    return directory.resolve(revision.namespace()).resolve(revision.name());
  }

  private void run() {
    try {
      long lastCollect = 0;
      do {
        live.values().forEach(this::check);
        if (lastCollect == 0 || System.nanoTime() - lastCollect > COLLECT.toNanos()) {
          lastCollect = System.nanoTime();
          collect(Instant.now());
        }
      } while (!closed.await(CHECK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check(InstanceLog log) {
    long share = Math.max(SMALLEST_SHARE, keepInAll / Math.max(1, live.size()));
    try {
      log.check(System.currentTimeMillis(), Math.min(keepPerInstance, share));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot bound " + log.file, e);
    }
  }

  /// An instance that said nothing leaves nothing: most short-lived ones.
  private static void deleteEmpty(InstanceLog log) {
    try {
      if (log.size() == 0) {
        log.delete();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete " + log.file, e);
    }
  }

  /// Deletes logs of ended instances that are too old, and the oldest while all are too large or
  /// too many.
  void collect(Instant now) {
    record Ended(InstanceLog log, Instant written, long bytes) {}
    try {
      var ended = new ArrayList<Ended>();
      long sum = 0;
      for (var file : all()) {
        var log = InstanceLog.open(file);
        long bytes = log.size() - log.start();
        sum += bytes;
        if (!live.containsKey(log.name)) {
          ended.add(new Ended(log, Files.getLastModifiedTime(file).toInstant(), bytes));
        }
      }
      ended.sort(Comparator.comparing(Ended::written));
      int left = ended.size();
      for (var one : ended) {
        if (sum > keepInAll || left > MOST_ENDED || one.written().isBefore(now.minus(age))) {
          one.log().delete();
          sum -= one.bytes();
          left--;
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot collect old logs", e);
    }
  }

  private List<Path> all() throws IOException {
    try (var files = Files.walk(directory, 3)) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }
}
