package dev.ebb.resources.local;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.extensions.ExtensionKinds;
import java.util.Optional;

/// The kinds that mean something to the API itself.
final class SystemKinds {
  private static final GroupVersionKind NAMESPACE = new GroupVersionKind("", "v1", "Namespace");
  private static final GroupVersionKind POD = new GroupVersionKind("", "v1", "Pod");
  private static final GroupVersionKind CONFIG_MAP = new GroupVersionKind("", "v1", "ConfigMap");
  private static final GroupVersionKind EVENT = new GroupVersionKind("", "v1", "Event");

  private SystemKinds() {}

  static boolean isPod(KindDefinition kind) {
    return kind.type().equals(POD);
  }

  static boolean isConfigMap(KindDefinition kind) {
    return kind.type().equals(CONFIG_MAP);
  }

  static Optional<KindDefinition> configMap(KindRegistry kinds) {
    return kinds.byType(CONFIG_MAP);
  }

  /// In any of its versions.
  static boolean isDefinition(KindDefinition kind) {
    return kind.plural().equals(ExtensionKinds.DEFINITION.plural())
        && kind.group().equals(ExtensionKinds.GROUP);
  }

  static boolean isNamespace(KindDefinition kind) {
    return kind.type().equals(NAMESPACE);
  }

  /// Empty in a world without namespaces, where every namespace is taken for granted.
  static Optional<KindDefinition> namespace(KindRegistry kinds) {
    return kinds.byType(NAMESPACE);
  }

  static Optional<KindDefinition> event(KindRegistry kinds) {
    return kinds.byType(EVENT);
  }
}
