package dev.ebb.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/// The database file: made whole or not at all, opened for this process alone, checked.
final class SqliteFile {
  static final int SCHEMA_VERSION = 1;

  /// "Ebb1", so that the database of another program is never taken for ours.
  private static final int APPLICATION_ID = 0x45626231;

  /// What a burst of writes took on the disk beyond 64 MiB is given back at the next checkpoint.
  private static final String WAL_BYTES = "67108864";

  /// There are Secrets in it. SQLite gives its log the permissions of the database.
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /// The revision that brought a key into being identifies it: new rows come at the end of the
  /// table, and no index on the key is needed, for it is looked up in memory only. SQLite has
  /// checksums for its log, none for its tables.
  private static final String[] SCHEMA = {
    """
    CREATE TABLE entry (
      create_revision INTEGER PRIMARY KEY,
      key TEXT NOT NULL,
      value BLOB NOT NULL,
      revision INTEGER NOT NULL,
      checksum INTEGER NOT NULL)
    """,
    "CREATE TABLE reservation (revision INTEGER NOT NULL)",
    "INSERT INTO reservation VALUES (0)",
    "PRAGMA application_id = " + APPLICATION_ID,
    "PRAGMA user_version = " + SCHEMA_VERSION,
  };

  private SqliteFile() {}

  static Connection open(Path file) {
    if (!Files.exists(file)) {
      create(file);
    }
    Connection connection = null;
    try {
      connection = connect(file);
      check(connection, file);
      return connection;
    } catch (SQLException e) {
      throw closing(connection, explain(file, e));
    } catch (StoreException e) {
      throw closing(connection, e);
    }
  }

  /// Under another name until it is whole and on the disk: a file of the right name that is empty
  /// or has no schema was damaged, and is not taken for a new store.
  private static void create(Path file) {
    Path log = sibling(file, "-wal");
    if (Files.exists(log)) {
      throw new StoreException(file + " is missing, but its log " + log + " is there");
    }
    Path unfinished = sibling(file, ".new");
    try {
      Files.deleteIfExists(unfinished);
      Files.deleteIfExists(sibling(unfinished, "-journal"));
      Files.createFile(unfinished, OWNER_ONLY);
      try (Connection connection = connect(unfinished)) {
        execute(connection, "BEGIN");
        for (String statement : SCHEMA) {
          execute(connection, statement);
        }
        execute(connection, "COMMIT");
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory =
          FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        directory.force(true);
      }
    } catch (SQLException e) {
      throw explain(unfinished, e);
    } catch (IOException e) {
      throw new StoreException("cannot create " + file + ": " + e, e);
    }
  }

  private static void check(Connection connection, Path file) throws SQLException {
    // Held until the connection is closed; the index of the log is then in memory, not in a file.
    execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
    if (Integer.parseInt(query(connection, "PRAGMA application_id")) != APPLICATION_ID) {
      throw new StoreException(file + " is not a database of Ebb, or is damaged");
    }
    int version = Integer.parseInt(query(connection, "PRAGMA user_version"));
    if (version > SCHEMA_VERSION) {
      throw new StoreVersionException(file, version, SCHEMA_VERSION);
    }
    if (version < 1) {
      throw new StoreException(file + " is damaged: no schema version");
    }
    String mode = query(connection, "PRAGMA journal_mode = WAL");
    if (!mode.equals("wal")) {
      throw new StoreException(file + " cannot have a write-ahead log, only " + mode);
    }
    execute(connection, "PRAGMA journal_size_limit = " + WAL_BYTES);
    String integrity = query(connection, "PRAGMA quick_check(1)");
    if (!integrity.equals("ok")) {
      throw new StoreException(file + " is damaged: " + integrity);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setBusyTimeout(0);
    // As a URI, for a path may contain the `?` that would begin the options.
    return config.createConnection("jdbc:sqlite:" + file.toUri());
  }

  private static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.getString(1);
    }
  }

  /// What a failure of SQLite means to who runs Ebb.
  static StoreException explain(Path file, SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    SQLiteErrorCode primary = SQLiteErrorCode.getErrorCode(code.code & 0xff);
    if (primary == SQLiteErrorCode.SQLITE_FULL) {
      return new StorageFullException(file, e);
    }
    String meaning =
        switch (primary) {
          case SQLITE_BUSY, SQLITE_LOCKED -> "is in use by another process";
          case SQLITE_NOTADB, SQLITE_CORRUPT -> "is damaged";
          case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY -> "cannot be opened for writing";
          default -> "cannot be read or written";
        };
    return new StoreException(file + " " + meaning + ": " + e.getMessage(), e);
  }

  static StoreException closing(@Nullable Connection connection, StoreException cause) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
    return cause;
  }
}
