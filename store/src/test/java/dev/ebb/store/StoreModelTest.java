package dev.ebb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random operations on a driver and on a model that is too simple to be wrong: a list of all
/// states and a list of all changes.
class StoreModelTest {
  private static final List<String> PREFIXES = List.of("", "/", "/a", "/a/", "/a/1", "/b/", "/c/");

  @TempDir private Path directory;
  private Random random = new Random(0);
  private Store store = new MemoryStore();

  /// The state at each revision, and the change that led to it; revision 0 is the empty state.
  private final List<TreeMap<String, Entry>> states = new ArrayList<>(List.of(new TreeMap<>()));

  private final List<Change> changes = new ArrayList<>();
  private final List<ModelWatch> watches = new ArrayList<>();
  private long floor;

  private static final class ModelWatch {
    private final Watch watch;
    private final String prefix;
    private long cursor;

    private ModelWatch(Watch watch, String prefix, long cursor) {
      this.watch = watch;
      this.prefix = prefix;
      this.cursor = cursor;
    }
  }

  private interface Operation {
    void run() throws InterruptedException;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theMemoryDriverDoesWhatTheModelDoes(long seed) throws InterruptedException {
    run(seed, operations());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theSqliteDriverDoesWhatTheModelDoesAlsoWhenItIsRestarted(long seed)
      throws InterruptedException {
    Path file = directory.resolve("ebb.db");
    store = new SqliteStore(file);
    List<Operation> operations = operations();
    operations.add(() -> restart(file));
    run(seed, operations);
  }

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    operations.addAll(Collections.nCopies(30, this::create));
    operations.addAll(Collections.nCopies(20, this::update));
    operations.addAll(Collections.nCopies(10, this::delete));
    operations.addAll(Collections.nCopies(20, this::list));
    operations.addAll(Collections.nCopies(5, this::watch));
    operations.addAll(Collections.nCopies(12, this::next));
    operations.addAll(Collections.nCopies(2, this::compact));
    return operations;
  }

  private void run(long seed, List<Operation> operations) throws InterruptedException {
    random = new Random(seed);
    for (int step = 0; step < 500; step++) {
      pick(operations).run();
      assertThat(store.revision()).isEqualTo(revision());
    }
    store.close();
  }

  private void restart(Path file) {
    store.close();
    store = new SqliteStore(file);
    floor = revision();
    watches.clear();
  }

  private Map<String, Entry> now() {
    return states.getLast();
  }

  private long revision() {
    return states.size() - 1L;
  }

  private void create() {
    String key = key();
    byte[] value = value();
    Durability durability = durability();
    if (now().containsKey(key)) {
      assertThatExceptionOfType(ConflictException.class)
          .isThrownBy(() -> store.create(key, value, durability))
          .satisfies(e -> assertThat(e.current()).map(Entry::revision).contains(current(key)));
    } else {
      put(store.create(key, value, durability));
    }
  }

  private void update() {
    String key = key();
    byte[] value = value();
    Durability durability = durability();
    long expected = expected(key);
    if (now().containsKey(key) && expected == current(key)) {
      put(store.update(key, value, expected, durability));
    } else {
      assertThatExceptionOfType(ConflictException.class)
          .isThrownBy(() -> store.update(key, value, expected, durability));
    }
  }

  private void delete() {
    String key = key();
    Durability durability = durability();
    long expected = expected(key);
    if (now().containsKey(key) && expected == current(key)) {
      TreeMap<String, Entry> next = new TreeMap<>(now());
      Entry previous = Objects.requireNonNull(next.remove(key));
      states.add(next);
      long deleted = store.delete(key, expected, durability);
      assertThat(deleted).isEqualTo(revision());
      changes.add(new Change.Deleted(previous, deleted));
    } else {
      assertThatExceptionOfType(ConflictException.class)
          .isThrownBy(() -> store.delete(key, expected, durability));
    }
  }

  private void put(Entry entry) {
    Optional<Entry> previous = Optional.ofNullable(now().get(entry.key()));
    TreeMap<String, Entry> next = new TreeMap<>(now());
    next.put(entry.key(), entry);
    states.add(next);
    changes.add(new Change.Put(entry, previous));
    assertThat(entry.revision()).isEqualTo(revision());
    assertThat(entry.createRevision())
        .isEqualTo(previous.map(Entry::createRevision).orElse(entry.revision()));
  }

  private void list() {
    String prefix = random.nextBoolean() ? "" : pick(PREFIXES);
    String startAfter = random.nextBoolean() ? "" : key();
    int limit = random.nextInt(6);
    long at = random.nextInt((int) revision() + 2);
    if (at != 0 && (at < floor || at > revision())) {
      assertThatExceptionOfType(CompactedException.class)
          .isThrownBy(() -> store.list(prefix, startAfter, limit, at));
      return;
    }
    long shown = at == 0 ? revision() : at;
    List<Entry> all =
        states.get((int) shown).values().stream()
            .filter(entry -> entry.key().startsWith(prefix))
            .filter(entry -> entry.key().compareTo(startAfter) > 0)
            .toList();
    Page page = store.list(prefix, startAfter, limit, at);
    int size = limit == 0 ? all.size() : Math.min(limit, all.size());
    assertThat(page.entries()).usingRecursiveComparison().isEqualTo(all.subList(0, size));
    assertThat(page.remaining()).isEqualTo(all.size() - size);
    assertThat(page.revision()).isEqualTo(shown);
  }

  private void watch() {
    String prefix = pick(PREFIXES);
    long after = random.nextInt((int) revision() + 2);
    if (after < floor || after > revision()) {
      assertThatExceptionOfType(CompactedException.class)
          .isThrownBy(() -> store.watch(prefix, after));
    } else {
      watches.add(new ModelWatch(store.watch(prefix, after), prefix, after));
    }
  }

  private void next() throws InterruptedException {
    if (watches.isEmpty()) {
      return;
    }
    ModelWatch watch = pick(watches);
    Optional<Change> expected =
        changes.stream()
            .filter(change -> change.revision() > watch.cursor)
            .filter(change -> change.key().startsWith(watch.prefix))
            .findFirst();
    if (expected.isPresent() && expected.get().revision() <= floor) {
      assertThatExceptionOfType(CompactedException.class)
          .isThrownBy(() -> watch.watch.next(Duration.ZERO));
      watch.watch.close();
      watches.remove(watch);
    } else {
      assertThat(watch.watch.next(Duration.ZERO)).usingRecursiveComparison().isEqualTo(expected);
      watch.cursor = expected.map(Change::revision).orElse(revision());
    }
  }

  private void compact() {
    long revision = random.nextLong(revision() + 1);
    store.compact(revision);
    floor = Math.max(floor, revision);
  }

  /// Mostly the current revision, so that most writes succeed.
  private long expected(String key) {
    return random.nextInt(4) == 0 ? random.nextLong(revision() + 2) : current(key);
  }

  /// -1 when the key is absent.
  private long current(String key) {
    Entry entry = now().get(key);
    return entry == null ? -1 : entry.revision();
  }

  private String key() {
    return "/" + "abc".charAt(random.nextInt(3)) + "/" + random.nextInt(5);
  }

  private byte[] value() {
    byte[] value = new byte[random.nextInt(50)];
    random.nextBytes(value);
    return value;
  }

  private Durability durability() {
    return pick(List.of(Durability.values()));
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
