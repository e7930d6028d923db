package dev.ebb.kinds;

import tools.jackson.databind.node.StringNode;

/// JSON's way to write a string.
final class JsonText {
  private JsonText() {}

  static String quote(String text) {
    return StringNode.valueOf(text).toString();
  }
}
