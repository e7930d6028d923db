package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.ObjectKey;

/// `NAME` or `NAME.NAMESPACE`, split at the last dot.
final class FunctionName {
  private FunctionName() {}

  static ObjectKey key(String text) {
    int dot = text.lastIndexOf('.');
    return dot > 0
        ? new ObjectKey(text.substring(dot + 1), text.substring(0, dot))
        : new ObjectKey(FunctionNamespaces.DEFAULT, text);
  }
}
