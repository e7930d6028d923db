package dev.ebb.store;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path directory;

  @Override
  Store open(HistoryLimits limits) {
    return new SqliteStore(directory.resolve(UUID.randomUUID() + ".db"), limits);
  }
}
