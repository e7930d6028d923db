package dev.ebb.controllers.workloads;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What tells the ReplicaSets of one Deployment apart: the label `pod-template-hash` and the end of
/// their names. Equal templates have equal hashes, in whatever order their fields stand.
///
/// FNV-1a with 32 bits, its digits written in letters that make no words, as Kubernetes does; the
/// value itself differs from Kubernetes's, which hashes the memory of a Go program.
public final class PodTemplateHash {
  public static final String LABEL = "pod-template-hash";

  /// Without vowels and without what looks like them.
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private static final int FNV_BASIS = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private PodTemplateHash() {}

  /// @param collisions how many names were taken by others before
  public static String of(JsonNode template, int collisions) {
    StringBuilder text = new StringBuilder();
    write(template, text);
    if (collisions > 0) {
      text.append('#').append(collisions);
    }
    int hash = FNV_BASIS;
    for (byte letter : text.toString().getBytes(UTF_8)) {
      hash = (hash ^ (letter & 0xff)) * FNV_PRIME;
    }
    StringBuilder name = new StringBuilder();
    for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
      name.append(ALPHABET.charAt(digit % ALPHABET.length()));
    }
    return name.toString();
  }

  private static void write(JsonNode node, StringBuilder out) {
    if (node.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      node.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
      out.append('{');
      sorted.forEach((name, value) -> {
        out.append(name).append(':');
        write(value, out);
        out.append(',');
      });
      out.append('}');
    } else if (node.isArray()) {
      out.append('[');
      node.forEach(item -> {
        write(item, out);
        out.append(',');
      });
      out.append(']');
    } else {
      out.append(node);
    }
  }
}
