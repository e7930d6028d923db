package dev.ebb.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The current entries on the disk. Not thread-safe: the writer's thread has it for itself.
///
/// The history is not stored. After a restart a watch begins at the revision the store was opened
/// with, or lists again.
///
/// Revisions must never be used twice, or a client that saw the first use would take the second for
/// what it knows. But ephemeral writes take revisions, and may be lost. So revisions are reserved
/// in the database, [#RESERVATION] at a time and with fsync, before the first of them is used;
/// after a crash the store goes on behind all that were reserved.
final class SqliteDatabase {
  private static final Logger LOGGER = System.getLogger(SqliteDatabase.class.getName());

  /// One more fsync per 10,000 ephemeral writes is nothing; 64-bit revisions have room for 10^14
  /// crashes.
  private static final int RESERVATION = 10_000;

  private final Path file;
  private final Connection connection;
  private final PreparedStatement put;
  private final PreparedStatement delete;
  private final PreparedStatement reserve;
  private long reserved;
  private String synchronous = "";
  private @Nullable StoreException failure;

  /// A database with what was in it.
  record Opened(SqliteDatabase database, long revision, EntryTree entries) {}

  /// @throws StoreException when the file cannot be opened or is damaged
  static Opened open(Path file) {
    Connection connection = SqliteFile.open(file);
    try {
      SqliteDatabase database = new SqliteDatabase(file, connection);
      EntryTree entries = database.load();
      return new Opened(database, database.reserved, entries);
    } catch (SQLException e) {
      throw SqliteFile.closing(connection, SqliteFile.explain(file, e));
    } catch (StoreException e) {
      throw SqliteFile.closing(connection, e);
    }
  }

  private SqliteDatabase(Path file, Connection connection) throws SQLException {
    this.file = file;
    this.connection = connection;
    this.put =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO entry (create_revision, key, value, revision, checksum)"
                + " VALUES (?, ?, ?, ?, ?)");
    this.delete = connection.prepareStatement("DELETE FROM entry WHERE create_revision = ?");
    this.reserve = connection.prepareStatement("UPDATE reservation SET revision = ?");
  }

  private EntryTree load() throws SQLException {
    List<Entry> entries = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT revision FROM reservation")) {
        if (!rows.next()) {
          throw new StoreException(file + " is damaged: its revision is missing");
        }
        reserved = rows.getLong(1);
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT create_revision, key, value, revision, checksum FROM entry")) {
        while (rows.next()) {
          Entry entry =
              new Entry(rows.getString(2), rows.getBytes(3), rows.getLong(1), rows.getLong(4));
          if (rows.getLong(5) != checksum(entry) || entry.revision() > reserved) {
            throw new StoreException(file + " is damaged: wrong checksum of " + entry.key());
          }
          entries.add(entry);
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::key));
    for (int i = 1; i < entries.size(); i++) {
      if (entries.get(i).key().equals(entries.get(i - 1).key())) {
        throw new StoreException(file + " is damaged: twice " + entries.get(i).key());
      }
    }
    return EntryTree.of(entries);
  }

  /// Writes all steps or none.
  ///
  /// @param synced with an fsync
  void commit(List<Step> steps, boolean synced) {
    if (failure != null) {
      throw failure;
    }
    long last = steps.getLast().revision();
    long reservation = last > reserved ? last + RESERVATION : reserved;
    try {
      begin(synced || reservation > reserved);
      for (Step step : steps) {
        write(step.change());
      }
      if (reservation > reserved) {
        reserve(reservation);
      }
      SqliteFile.execute(connection, "COMMIT");
      reserved = reservation;
    } catch (SQLException e) {
      throw rollBack(e);
    }
  }

  /// Refuses all further commits.
  void stop(Throwable cause) {
    failure =
        new StoreException(
            "%s is not written any more until it is opened again, since: %s"
                .formatted(file, cause.getMessage()),
            cause);
  }

  /// Gives the reserved revisions back that were not used.
  ///
  /// @param revision the newest that was used
  void close(long revision) {
    try (connection) {
      if (failure == null && reserved != revision) {
        begin(true);
        reserve(revision);
        SqliteFile.execute(connection, "COMMIT");
      }
    } catch (SQLException e) {
      // Nothing is lost: what was acknowledged is in the log, and the next start skips some
      // revisions.
      LOGGER.log(Level.WARNING, "closing " + file, e);
    }
  }

  private void begin(boolean synced) throws SQLException {
    // NORMAL: the log is synced before a checkpoint only, which keeps the file whole in any case.
    String wanted = synced ? "FULL" : "NORMAL";
    if (!synchronous.equals(wanted)) {
      SqliteFile.execute(connection, "PRAGMA synchronous = " + wanted);
      synchronous = wanted;
    }
    SqliteFile.execute(connection, "BEGIN");
  }

  private void write(Change change) throws SQLException {
    switch (change) {
      case Change.Put(Entry entry, var _) -> {
        put.setLong(1, entry.createRevision());
        put.setString(2, entry.key());
        put.setBytes(3, entry.value());
        put.setLong(4, entry.revision());
        put.setLong(5, checksum(entry));
        put.executeUpdate();
      }
      case Change.Deleted deleted -> {
        delete.setLong(1, deleted.previous().createRevision());
        delete.executeUpdate();
      }
    }
  }

  private void reserve(long revision) throws SQLException {
    reserve.setLong(1, revision);
    reserve.executeUpdate();
  }

  private StoreException rollBack(SQLException cause) {
    StoreException exception = SqliteFile.explain(file, cause);
    if (cause instanceof SQLiteException sqlite && isFailedSync(sqlite.getResultCode())) {
      stop(exception);
    }
    try {
      SqliteFile.execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      exception.addSuppressed(e); // SQLite has rolled back by itself after the graver failures
    }
    return exception;
  }

  private static boolean isFailedSync(SQLiteErrorCode code) {
    return code == SQLiteErrorCode.SQLITE_IOERR_FSYNC
        || code == SQLiteErrorCode.SQLITE_IOERR_DIR_FSYNC;
  }

  private static long checksum(Entry entry) {
    CRC32C checksum = new CRC32C();
    checksum.update(entry.key().getBytes(UTF_8));
    checksum.update(entry.value());
    checksum.update(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(entry.createRevision())
            .putLong(entry.revision())
            .flip());
    return checksum.getValue();
  }
}
