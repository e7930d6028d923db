package dev.ebb.store;

import static dev.ebb.store.Durability.EPHEMERAL;
import static dev.ebb.store.Durability.SYNCED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Opening a database: one that was closed well, and all the others.
class SqliteFileTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("ebb.db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ebb.db", "with space?and=question%41mark.db", "größe.db"})
  void aRestartKeepsEntriesAndRevision(String name) throws Exception {
    Path named = directory.resolve(name);
    Entry kept;
    try (Store store = new SqliteStore(named)) {
      Entry old = store.create("/a/\uD83D\uDE00", bytes("1"), SYNCED);
      kept = store.update(old.key(), bytes("2"), 1, SYNCED);
      store.create("/a/empty", new byte[0], EPHEMERAL);
      store.delete("/a/gone", store.create("/a/gone", bytes("3"), SYNCED).revision(), EPHEMERAL);
    }

    try (Store store = new SqliteStore(named);
        Watch watch = store.watch("/", 5)) {
      assertThat(store.revision()).isEqualTo(5);
      assertThat(store.list("/", "", 0, 0).entries())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(new Entry("/a/empty", new byte[0], 3, 3), kept);
      assertThatExceptionOfType(CompactedException.class).isThrownBy(() -> store.watch("/", 4));

      Entry next = store.create("/b", bytes("4"), SYNCED);
      assertThat(watch.next(Duration.ZERO)).contains(new Change.Put(next, Optional.empty()));
      assertThat(next.revision()).isEqualTo(6);
    }
    try (var files = Files.list(directory)) {
      assertThat(files).as("nothing is left beside the database").containsExactly(named);
    }
  }

  @Test
  void afterACrashTheStoreGoesOnBehindAllRevisionsThatItReserved() throws IOException {
    Path left = directory.resolve("left.db");
    long last;
    try (Store store = new SqliteStore(file)) {
      last = store.create("/a", bytes("1"), SYNCED).revision();
      for (int i = 0; i < 25_000; i++) {
        last = store.update("/a", bytes("2"), last, EPHEMERAL).revision();
      }
      // What a crash leaves when it takes the ephemeral writes: the reservations, which were
      // synced.
      Files.copy(file, left);
      Files.copy(directory.resolve("ebb.db-wal"), directory.resolve("left.db-wal"));
    }

    try (Store store = new SqliteStore(left)) {
      assertThat(store.revision()).isBetween(last, last + 10_000);
      assertThat(store.create("/b", bytes("3"), EPHEMERAL).revision()).isGreaterThan(last);
    }
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    try (Store store = new SqliteStore(file)) {
      store.create("/secrets/a", bytes("1"), SYNCED);
      try (var files = Files.list(directory)) {
        assertThat(files)
            .hasSize(2)
            .allSatisfy(each ->
                assertThat(Files.getPosixFilePermissions(each))
                    .containsExactlyInAnyOrder(
                        PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
      }
    }
  }

  @Test
  void aDatabaseIsNotOpenedTwiceInOneProcess() {
    try (Store store = new SqliteStore(file)) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> new SqliteStore(file))
          .withMessageContainingAll(file.toString(), "in use by another process");

      assertThat(store.create("/a", bytes("1"), SYNCED).revision()).isEqualTo(1);
    }
  }

  @Test
  void aDatabaseInUseByAnotherProcessIsRefusedWithThatReason() throws Exception {
    try (Store store = new SqliteStore(file)) {
      Process other =
          new ProcessBuilder(
                  ChildJvm.command(
                      directory, Workload.class, file, "/dev/null", "run", 1, 1, 1, SYNCED, SYNCED))
              .redirectErrorStream(true)
              .start();
      String output = new String(other.getInputStream().readAllBytes(), UTF_8);

      assertThat(output).contains(file + " is in use by another process");
      assertThat(other.waitFor()).isEqualTo(1);
      assertThat(store.revision()).isZero();
    }
  }

  @Test
  void aDatabaseOfANewerVersionIsRefusedAndLeftAlone() throws Exception {
    new SqliteStore(file).close();
    sql("PRAGMA user_version = 7");
    byte[] before = Files.readAllBytes(file);

    assertThatExceptionOfType(StoreVersionException.class)
        .isThrownBy(() -> new SqliteStore(file))
        .withMessageContainingAll(file.toString(), "7")
        .satisfies(e -> assertThat(e.found()).isEqualTo(7))
        .satisfies(e -> assertThat(e.supported()).isEqualTo(1));
    assertThat(file).hasBinaryContent(before);
  }

  @ParameterizedTest
  @CsvSource({
    "UPDATE entry SET value = x'00',                         wrong checksum of /a",
    "UPDATE entry SET key = '/b',                           wrong checksum of /b",
    "UPDATE entry SET revision = 2,                         wrong checksum of /a",
    "DELETE FROM reservation,                               revision is missing",
    "UPDATE reservation SET revision = 0,                   wrong checksum of /a",
    "DROP TABLE entry,                                      no such table",
    "PRAGMA application_id = 0,                             not a database of Ebb",
    "PRAGMA user_version = 0,                               no schema",
  })
  void contentsThatCannotBeOursAreRefused(String damage, String message) throws Exception {
    try (Store store = new SqliteStore(file)) {
      store.create("/a", bytes("1"), SYNCED);
    }
    sql(damage);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new SqliteStore(file))
        .withMessageContainingAll(file.toString(), message);
  }

  @ParameterizedTest
  @CsvSource({"'', not a database of Ebb", "this is a text and not a database, damaged"})
  void aFileThatIsNoDatabaseIsRefusedAndLeftAlone(String content, String message)
      throws IOException {
    Files.writeString(file, content);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new SqliteStore(file))
        .withMessageContainingAll(file.toString(), message);
    assertThat(file).hasContent(content);
  }

  @Test
  void aLogWithoutItsDatabaseIsNotTakenForANewStore() throws IOException {
    Files.writeString(directory.resolve("ebb.db-wal"), "the last writes");

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new SqliteStore(file))
        .withMessageContaining("is missing");
    assertThat(file).doesNotExist();
  }

  @Test
  void aCreationThatWasInterruptedIsBegunAgain() throws IOException {
    Files.writeString(directory.resolve("ebb.db.new"), "half a database");
    Files.writeString(directory.resolve("ebb.db.new-journal"), "half a journal");

    try (Store store = new SqliteStore(file)) {
      assertThat(store.revision()).isZero();
    }
  }

  @Test
  void aDirectoryThatIsMissingIsNamed() {
    Path missing = directory.resolve("missing").resolve("ebb.db");

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> new SqliteStore(missing))
        .withMessageContaining(missing.toString());
  }

  @Test
  void afterAFailedOpeningTheDatabaseIsFree() throws Exception {
    new SqliteStore(file).close();
    sql("PRAGMA user_version = 7");
    assertThatExceptionOfType(StoreVersionException.class).isThrownBy(() -> new SqliteStore(file));
    sql("PRAGMA user_version = 1");

    new SqliteStore(file).close();
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      SqliteFile.execute(connection, statement);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
