package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectKey;

/// Where objects lie in the store: `/group/plural/namespace/name`. The core group and the namespace
/// of a cluster-scoped object are empty segments. The version is no part of it: all versions of a
/// kind are views of one object.
final class StoreKeys {
  private static final String EVENTS = "//events/";

  private StoreKeys() {}

  static String of(KindDefinition kind, ObjectKey key) {
    return prefix(kind) + key.namespace() + "/" + key.name();
  }

  /// Of all objects of the kind.
  static String prefix(KindDefinition kind) {
    return "/" + kind.version().group() + "/" + kind.plural() + "/";
  }

  /// Of the objects in one namespace, or in all when it is empty.
  static String prefix(KindDefinition kind, String namespace) {
    return namespace.isEmpty() ? prefix(kind) : prefix(kind) + namespace + "/";
  }

  static boolean isEvent(String key) {
    return key.startsWith(EVENTS);
  }

  /// The group in a key of the store, empty for the core group.
  static String group(String key) {
    return key.substring(1, key.indexOf('/', 1));
  }

  static String plural(String key) {
    int start = key.indexOf('/', 1) + 1;
    return key.substring(start, key.indexOf('/', start));
  }

  /// The namespace in a key of the store, empty for a cluster-scoped object.
  static String namespace(String key) {
    int end = key.lastIndexOf('/');
    return key.substring(key.lastIndexOf('/', end - 1) + 1, end);
  }
}
