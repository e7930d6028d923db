package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.resources.ApiException;
import dev.ebb.store.ConflictException;
import dev.ebb.store.Durability;
import dev.ebb.store.Entry;
import dev.ebb.store.StorageFullException;
import dev.ebb.store.Store;
import dev.ebb.store.StoreException;
import java.util.function.Supplier;

/// The writes to the store, as durable as the kind and the writer ask for. What the store cannot
/// write for a reason outside the request is told with that reason.
///
/// [ConflictException] stays what it is: the caller knows what a lost race means.
record StoreWrites(Store store) {
  Entry create(KindDefinition kind, String name, String key, byte[] value, boolean ephemeral) {
    return told(kind, name, () -> store.create(key, value, durability(kind, ephemeral)));
  }

  Entry update(KindDefinition kind, String name, Entry present, byte[] value, boolean ephemeral) {
    return told(
        kind,
        name,
        () -> store.update(present.key(), value, present.revision(), durability(kind, ephemeral)));
  }

  /// @return the revision of the deletion
  long delete(KindDefinition kind, String name, Entry present, boolean ephemeral) {
    return told(
        kind,
        name,
        () -> store.delete(present.key(), present.revision(), durability(kind, ephemeral)));
  }

  private static <T> T told(KindDefinition kind, String name, Supplier<T> write) {
    try {
      return write.get();
    } catch (ConflictException e) {
      throw e;
    } catch (StorageFullException e) {
      throw ApiException.insufficientStorage(kind, name, e);
    } catch (StoreException e) {
      throw ApiException.notStored(kind, name, e);
    }
  }

  private static Durability durability(KindDefinition kind, boolean ephemeral) {
    return ephemeral || kind.ephemeral() ? Durability.EPHEMERAL : Durability.SYNCED;
  }
}
