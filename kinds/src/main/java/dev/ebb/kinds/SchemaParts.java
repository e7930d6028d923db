package dev.ebb.kinds;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The compiled fields of named parts, for schemas that have parts in common: the specification of
/// a Pod is in nine kinds. Thread-safe.
public final class SchemaParts {
  private final Map<String, Map<String, SchemaNode>> parts = new ConcurrentHashMap<>();

  @Nullable Map<String, SchemaNode> find(String name) {
    return parts.get(name);
  }

  void add(String name, Map<String, SchemaNode> properties) {
    parts.put(name, properties);
  }
}
