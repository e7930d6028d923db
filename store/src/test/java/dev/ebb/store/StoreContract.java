package dev.ebb.store;

import static dev.ebb.store.Durability.EPHEMERAL;
import static dev.ebb.store.Durability.SYNCED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What every driver does; a subclass says which driver.
abstract class StoreContract {
  private static final Duration NOW = Duration.ZERO;

  /// Long enough for any machine; no test waits for its end.
  private static final Duration LONG = Duration.ofMinutes(1);

  private Store store;

  abstract Store open(HistoryLimits limits);

  @BeforeEach
  void openWithRoom() {
    store = open(HistoryLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aNewStoreIsEmpty() {
    assertThat(store.revision()).isZero();
    assertThat(store.get("/a")).isEmpty();
    assertThat(store.list("/", "", 0, 0)).isEqualTo(new Page(List.of(), 0, 0));
  }

  @ParameterizedTest
  @EnumSource
  void eachWriteGetsTheNextRevision(Durability durability) {
    Entry a = store.create("/a", bytes("1"), durability);
    Entry b = store.create("/b", bytes("2"), durability);
    Entry a2 = store.update("/a", bytes("3"), a.revision(), durability);
    long deleted = store.delete("/b", b.revision(), durability);

    assertThat(List.of(a.revision(), b.revision(), a2.revision(), deleted))
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(a2.createRevision()).isEqualTo(1);
    assertThat(store.revision()).isEqualTo(4);
    assertThat(store.get("/a").orElseThrow().value()).asString(UTF_8).isEqualTo("3");
    assertThat(store.get("/b")).isEmpty();
  }

  @Test
  void aKeyThatComesAgainIsANewOne() {
    long first = create("/a").revision();
    store.delete("/a", first, SYNCED);

    assertThat(create("/a").createRevision()).isEqualTo(3);
  }

  static Stream<Arguments> conflicts() {
    return Stream.of(
        conflict(true, store -> store.create("/there", bytes("x"), SYNCED)),
        conflict(true, store -> store.update("/there", bytes("x"), 99, SYNCED)),
        conflict(true, store -> store.update("/there", bytes("x"), 0, EPHEMERAL)),
        conflict(true, store -> store.delete("/there", 99, SYNCED)),
        conflict(false, store -> store.update("/absent", bytes("x"), 1, SYNCED)),
        conflict(false, store -> store.update("/absent", bytes("x"), 0, SYNCED)),
        conflict(false, store -> store.delete("/absent", 1, EPHEMERAL)));
  }

  private static Arguments conflict(boolean withSomething, Consumer<Store> write) {
    return Arguments.of(withSomething, write);
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void aWriteThatConflictsChangesNothingAndSaysWhatIsThere(
      boolean withSomething, Consumer<Store> write) {
    Entry there = create("/there");

    ConflictException conflict =
        catchThrowableOfType(ConflictException.class, () -> write.accept(store));

    assertThat(conflict.current()).isEqualTo(withSomething ? Optional.of(there) : Optional.empty());
    assertThat(store.revision()).isEqualTo(1);
    assertThat(store.list("/", "", 0, 0).entries()).containsExactly(there);
  }

  @ParameterizedTest
  @CsvSource({
    // prefix, startAfter, limit, keys, remaining
    "'',     '',    0, /a /a/1 /a/2 /b \uE000 \uFFFF \uFFFF\uFFFF, 0",
    "/a,     '',    0, /a /a/1 /a/2,       0",
    "/a/,    '',    0, /a/1 /a/2,          0",
    "/a/,    '',    1, /a/1,               1",
    "/a/,    /a/1,  1, /a/2,               0",
    "/a/,    /a/1,  9, /a/2,               0",
    "/a/,    /a/2,  1, '',                 0",
    "/a/,    /z,    1, '',                 0",
    "/a/,    /,     0, /a/1 /a/2,          0",
    "/a/,    /a/1x, 0, /a/2,               0",
    "/c,     '',    0, '',                 0",
    "'',     /a/2,  1, /b,                 3",
    "\uFFFF, '',    0, \uFFFF \uFFFF\uFFFF, 0",
    "/,      '', 2147483647, /a /a/1 /a/2 /b, 0",
  })
  void aListingIsAPartOfTheKeysInOrder(
      String prefix, String startAfter, int limit, String keys, long remaining) {
    Stream.of("/b", "\uFFFF\uFFFF", "/a/2", "\uFFFF", "/a", "/a/1", "\uE000").forEach(this::create);

    Page page = store.list(prefix, startAfter, limit, 0);

    assertThat(page.entries())
        .extracting(Entry::key)
        .containsExactly(keys.isEmpty() ? new String[0] : keys.split(" "));
    assertThat(page.remaining()).isEqualTo(remaining);
    assertThat(page.revision()).isEqualTo(7);
  }

  @Test
  void theOrderIsThatOfUtf16CodeUnits() {
    String emoji = "/\uD83D\uDE00"; // behind U+E000 in UTF-8, before it in UTF-16
    Stream.of("/\uE000", emoji).forEach(this::create);

    assertThat(store.list("/", "", 0, 0).entries())
        .extracting(Entry::key)
        .containsExactly(emoji, "/\uE000");
  }

  @Test
  void pagesOfOneListingShowOneStateWhileOthersWrite() {
    for (int i = 0; i < 10; i++) {
      create("/a/" + i);
    }
    Page first = store.list("/a/", "", 4, 0);
    store.delete("/a/5", 6, SYNCED);
    create("/a/45");
    store.update("/a/6", bytes("new"), 7, SYNCED);

    Page second = store.list("/a/", "/a/3", 4, first.revision());

    assertThat(second.entries())
        .extracting(Entry::key, Entry::revision)
        .map(Object::toString)
        .containsExactly("(\"/a/4\", 5L)", "(\"/a/5\", 6L)", "(\"/a/6\", 7L)", "(\"/a/7\", 8L)");
    assertThat(second.remaining()).isEqualTo(2);
    assertThat(second.revision()).isEqualTo(10);
  }

  @Test
  void everyStateOfTheHistoryCanBeListed() {
    create("/a");
    create("/b");
    store.delete("/a", 1, SYNCED);
    store.compact(1);

    assertThat(keysAt(1)).containsExactly("/a");
    assertThat(keysAt(2)).containsExactly("/a", "/b");
    assertThat(keysAt(3)).containsExactly("/b");
  }

  @ParameterizedTest
  @CsvSource({"1, compacted", "4, not yet there"})
  void aStateThatIsNotInTheHistoryIsRefused(long revision, String why) {
    Stream.of("/a", "/b", "/c").forEach(this::create);
    store.compact(2);

    assertThatExceptionOfType(CompactedException.class).as(why).isThrownBy(() -> keysAt(revision));
    assertThatExceptionOfType(CompactedException.class)
        .as(why)
        .isThrownBy(() -> store.watch("/", revision));
  }

  @Test
  void compactionKeepsCurrentValues() {
    Entry a = create("/a");
    create("/b");
    store.compact(99);

    assertThat(store.get("/a")).contains(a);
    assertThat(keysAt(2)).containsExactly("/a", "/b");
    assertThat(create("/c").revision()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"3, 1000000, 3", "1000, 0, 1", "1000, 6000, 3"})
  void theHistoryIsBoundedInNumberAndBytes(int changes, long bytes, int kept) {
    try (Store bounded = open(new HistoryLimits(changes, bytes))) {
      Entry last = bounded.create("/a", new byte[1000], SYNCED);
      for (int i = 0; i < 20; i++) {
        last = bounded.update("/a", new byte[1000], last.revision(), SYNCED);
      }
      long floor = last.revision() - kept;

      assertThat(bounded.list("/", "", 0, floor).entries()).hasSize(1);
      assertThatExceptionOfType(CompactedException.class)
          .isThrownBy(() -> bounded.list("/", "", 0, floor - 1));
    }
  }

  @Test
  void aWatchGivesPastAndPresentInOrder() throws InterruptedException {
    Entry a = create("/a/1");
    try (Watch watch = store.watch("/a/", 1)) {
      create("/b/1");
      Entry a2 = store.update("/a/1", bytes("2"), a.revision(), SYNCED);
      Entry c = create("/a/2");
      long deleted = store.delete("/a/1", a2.revision(), SYNCED);

      assertThat(watch.next(NOW)).contains(new Change.Put(a2, Optional.of(a)));
      assertThat(watch.next(NOW)).contains(new Change.Put(c, Optional.empty()));
      assertThat(watch.next(NOW)).contains(new Change.Deleted(a2, deleted));
      assertThat(watch.next(NOW)).isEmpty();
    }
  }

  @Test
  void progressIsWhatTheWatchHasReturnedOrNeedNotReturn() throws InterruptedException {
    try (Watch watch = store.watch("/a/", 0)) {
      assertThat(watch.progress()).isZero();
      create("/b/1");
      assertThat(watch.progress()).isEqualTo(1);
      create("/a/1");
      create("/a/2");
      create("/b/2");
      assertThat(watch.progress()).isEqualTo(1);
      watch.next(NOW);
      assertThat(watch.progress()).isEqualTo(2);
      watch.next(NOW);
      assertThat(watch.progress()).isEqualTo(4);
    }
    try (Watch late = store.watch("/c/", 0)) {
      assertThat(late.progress()).isEqualTo(4);
    }
  }

  @Test
  void aSlowWatchIsToldToListAgain() throws InterruptedException {
    try (Store bounded = open(new HistoryLimits(10, 1 << 20));
        Watch slow = bounded.watch("/a/", 0)) {
      for (int i = 0; i < 11; i++) {
        bounded.create("/a/" + i, bytes("x"), SYNCED);
      }
      assertThatExceptionOfType(CompactedException.class).isThrownBy(() -> slow.next(NOW));
      assertThatExceptionOfType(CompactedException.class).isThrownBy(() -> slow.next(NOW));
    }
  }

  @Test
  void aQuietWatchIsNotPushedOutByItsNeighbours() throws InterruptedException {
    try (Store bounded = open(new HistoryLimits(10, 1 << 20));
        Watch quiet = bounded.watch("/quiet/", 0)) {
      for (int i = 0; i < 50; i++) {
        bounded.create("/busy/" + i, bytes("x"), SYNCED);
      }
      Entry rare = bounded.create("/quiet/1", bytes("x"), SYNCED);

      assertThat(quiet.next(NOW)).contains(new Change.Put(rare, Optional.empty()));
    }
  }

  @Test
  void aWatchWaitsForAChange() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Watch watch = store.watch("/a/", 0)) {
      Future<Optional<Change>> next = threads.submit(() -> watch.next(LONG));
      create("/b/1");
      Entry a = create("/a/1");

      assertThat(next.get()).contains(new Change.Put(a, Optional.empty()));
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whoeverWaitsForAChangeIsFreedByClosing(boolean closeTheStore) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Watch watch = store.watch("/a/", 0);
      Future<Optional<Change>> next = threads.submit(() -> watch.next(LONG));
      (closeTheStore ? store : watch).close();

      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(next::get)
          .withCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aWatchUnderConcurrentWritesHasNoGapNoRepetitionAndTheRightOrder() throws Exception {
    int writers = 8;
    int writes = 200;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Long>>> watchers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        // One half of them watches everything, the other the keys of one writer.
        String prefix = i % 2 == 0 ? "/" : "/" + i + "/";
        int expected = i % 2 == 0 ? writers * writes : writes;
        Watch watch = store.watch(prefix, 0);
        watchers.add(threads.submit(() -> revisions(watch, expected)));
      }
      List<Future<List<Long>>> written = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        String key = "/" + i + "/key";
        Durability durability = i % 2 == 0 ? SYNCED : EPHEMERAL;
        written.add(threads.submit(() -> writeAgainAndAgain(key, writes, durability)));
      }

      for (int i = 0; i < 8; i++) {
        List<Long> seen = watchers.get(i).get();
        if (i % 2 == 0) {
          assertThat(seen)
              .isEqualTo(Stream.iterate(1L, r -> r + 1).limit((long) writers * writes).toList());
        } else {
          assertThat(seen).isEqualTo(written.get(i).get());
        }
      }
      // A watch that begins late sees the same.
      try (Watch late = store.watch("/1/", 0)) {
        assertThat(revisions(late, writes)).isEqualTo(written.get(1).get());
      }
    }
  }

  @Test
  void ofWritersWithTheSameExpectationExactlyOneWins() throws Exception {
    int writers = 16;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long expected = create("/a").revision();
      for (int round = 0; round < 20; round++) {
        long current = expected;
        List<Callable<Boolean>> rivals =
            Collections.nCopies(writers, () -> succeeds(() -> update("/a", current)));
        int winners = 0;
        for (Future<Boolean> rival : threads.invokeAll(rivals)) {
          winners += rival.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
        expected = store.revision();
        assertThat(expected).isEqualTo(current + 1);
      }
    }
  }

  @Test
  void whatIsWrittenWhileTheStoreClosesIsAcknowledgedOrRefused() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String prefix = "/" + i + "/";
        writers.add(threads.submit(() -> createUntilClosed(prefix)));
      }
      try (Watch watch = store.watch("/", 0)) {
        revisions(watch, 100);
      }
      store.close();

      // None of them waits for ever.
      for (Future<Integer> writer : writers) {
        assertThat(writer.get()).isNotNegative();
      }
    }
  }

  static Stream<Consumer<Store>> calls() {
    return Stream.of(
        Store::revision,
        store -> store.get("/a"),
        store -> store.list("/", "", 0, 0),
        store -> store.list("/", "", 0, 1),
        store -> store.watch("/", 0),
        store -> store.compact(0),
        store -> store.create("/a", bytes("x"), SYNCED),
        store -> store.update("/a", bytes("x"), 1, EPHEMERAL),
        store -> store.delete("/a", 1, SYNCED));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aClosedStoreRefusesEveryCall(Consumer<Store> call) {
    store.close();
    store.close();

    assertThatIllegalStateException().isThrownBy(() -> call.accept(store));
  }

  private Entry update(String key, long revision) {
    return store.update(key, bytes("x"), revision, SYNCED);
  }

  private static boolean succeeds(Runnable write) {
    try {
      write.run();
      return true;
    } catch (ConflictException e) {
      return false;
    }
  }

  private int createUntilClosed(String prefix) {
    int created = 0;
    try {
      while (true) {
        create(prefix + created);
        created++;
      }
    } catch (IllegalStateException e) {
      return created;
    }
  }

  private Entry create(String key) {
    return store.create(key, bytes(key), SYNCED);
  }

  private List<String> keysAt(long revision) {
    return store.list("", "", 0, revision).entries().stream().map(Entry::key).toList();
  }

  private List<Long> writeAgainAndAgain(String key, int times, Durability durability) {
    List<Long> revisions = new ArrayList<>();
    revisions.add(store.create(key, bytes("0"), durability).revision());
    while (revisions.size() < times) {
      revisions.add(store.update(key, bytes("x"), revisions.getLast(), durability).revision());
    }
    return revisions;
  }

  private static List<Long> revisions(Watch watch, int count) throws InterruptedException {
    List<Long> revisions = new ArrayList<>();
    while (revisions.size() < count) {
      revisions.add(watch.next(LONG).orElseThrow().revision());
    }
    return revisions;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
