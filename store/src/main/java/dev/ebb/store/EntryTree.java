package dev.ebb.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An immutable sorted map of entries by key: each change gives a new map that shares all but O(log
/// n) nodes with the old one.
///
/// Immutability is what the whole store rests on. A reader works on the map it got, without a lock,
/// while writers go on; the state at an older revision is simply the map of that revision; and to
/// roll back is to drop the new map. It is a weight-balanced tree (Adams, *Efficient sets: a
/// balancing act*, 1993), with the parameters that Hirai and Yamamoto proved right (*Balancing
/// weight-balanced trees*, 2011). Its balance is kept by subtree sizes, so the position of a key,
/// and with it the number of entries that follow a page, costs O(log n) too. A node takes 32 bytes.
final class EntryTree {
  static final EntryTree EMPTY = new EntryTree(null);

  /// A subtree weighs at most 3 times its sibling.
  private static final int DELTA = 3;

  /// A single rotation when the inner grandchild weighs less than twice the outer, else a double.
  private static final int GAMMA = 2;

  private record Node(Entry entry, @Nullable Node left, @Nullable Node right, int size) {}

  private final @Nullable Node root;

  private EntryTree(@Nullable Node root) {
    this.root = root;
  }

  /// @param sorted by key, each key once
  static EntryTree of(List<Entry> sorted) {
    return new EntryTree(build(sorted));
  }

  int size() {
    return size(root);
  }

  Optional<Entry> get(String key) {
    Node node = root;
    while (node != null) {
      int order = key.compareTo(node.entry.key());
      if (order == 0) {
        return Optional.of(node.entry);
      }
      node = order < 0 ? node.left : node.right;
    }
    return Optional.empty();
  }

  EntryTree with(Entry entry) {
    return new EntryTree(put(root, entry));
  }

  EntryTree without(String key) {
    return new EntryTree(remove(root, key));
  }

  /// How many keys lie before a boundary.
  ///
  /// @param before true for the keys up to the boundary, false for those behind it
  int rank(Predicate<String> before) {
    int rank = 0;
    Node node = root;
    while (node != null) {
      if (before.test(node.entry.key())) {
        rank += size(node.left) + 1;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return rank;
  }

  /// The entries at the positions `from` (inclusive) to `to` (exclusive).
  List<Entry> slice(int from, int to) {
    List<Entry> entries = new ArrayList<>(to - from);
    collect(root, from, to, entries);
    return entries;
  }

  private static void collect(@Nullable Node node, int from, int to, List<Entry> entries) {
    if (node == null || from >= to || to <= 0 || from >= node.size) {
      return;
    }
    int position = size(node.left);
    collect(node.left, from, Math.min(to, position), entries);
    if (from <= position && position < to) {
      entries.add(node.entry);
    }
    collect(node.right, Math.max(0, from - position - 1), to - position - 1, entries);
  }

  private static @Nullable Node build(List<Entry> sorted) {
    if (sorted.isEmpty()) {
      return null;
    }
    int middle = sorted.size() / 2;
    return node(
        sorted.get(middle),
        build(sorted.subList(0, middle)),
        build(sorted.subList(middle + 1, sorted.size())));
  }

  private static Node put(@Nullable Node node, Entry entry) {
    if (node == null) {
      return node(entry, null, null);
    }
    int order = entry.key().compareTo(node.entry.key());
    if (order == 0) {
      return node(entry, node.left, node.right);
    }
    return order < 0
        ? balanced(node.entry, put(node.left, entry), node.right)
        : balanced(node.entry, node.left, put(node.right, entry));
  }

  private static @Nullable Node remove(@Nullable Node node, String key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.entry.key());
    if (order == 0) {
      return join(node.left, node.right);
    }
    return order < 0
        ? balanced(node.entry, remove(node.left, key), node.right)
        : balanced(node.entry, node.left, remove(node.right, key));
  }

  private static @Nullable Node join(@Nullable Node left, @Nullable Node right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    if (left.size > right.size) {
      Entry last = last(left);
      return balanced(last, remove(left, last.key()), right);
    }
    Entry first = first(right);
    return balanced(first, left, remove(right, first.key()));
  }

  private static Entry first(Node node) {
    return node.left == null ? node.entry : first(node.left);
  }

  private static Entry last(Node node) {
    return node.right == null ? node.entry : last(node.right);
  }

  private static Node balanced(Entry entry, @Nullable Node left, @Nullable Node right) {
    if (right != null && weight(right) > DELTA * weight(left)) {
      return rotateLeft(entry, left, right);
    }
    if (left != null && weight(left) > DELTA * weight(right)) {
      return rotateRight(entry, left, right);
    }
    return node(entry, left, right);
  }

  private static Node rotateLeft(Entry entry, @Nullable Node left, Node right) {
    if (weight(right.left) < GAMMA * weight(right.right)) {
      return node(right.entry, node(entry, left, right.left), right.right);
    }
    Node inner = Objects.requireNonNull(right.left);
    return node(
        inner.entry, node(entry, left, inner.left), node(right.entry, inner.right, right.right));
  }

  private static Node rotateRight(Entry entry, Node left, @Nullable Node right) {
    if (weight(left.right) < GAMMA * weight(left.left)) {
      return node(left.entry, left.left, node(entry, left.right, right));
    }
    Node inner = Objects.requireNonNull(left.right);
    return node(
        inner.entry, node(left.entry, left.left, inner.left), node(entry, inner.right, right));
  }

  private static Node node(Entry entry, @Nullable Node left, @Nullable Node right) {
    return new Node(entry, left, right, size(left) + 1 + size(right));
  }

  private static int size(@Nullable Node node) {
    return node == null ? 0 : node.size;
  }

  private static int weight(@Nullable Node node) {
    return size(node) + 1;
  }

  /// For tests: throws when a node is out of balance, out of order or counted wrongly.
  void checkInvariants() {
    check(root);
    List<Entry> all = slice(0, size());
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i - 1).key().compareTo(all.get(i).key()) >= 0) {
        throw new IllegalStateException("out of order at " + all.get(i).key());
      }
    }
  }

  private static void check(@Nullable Node node) {
    if (node == null) {
      return;
    }
    int left = weight(node.left);
    int right = weight(node.right);
    if (left > DELTA * right || right > DELTA * left || node.size != left + right - 1) {
      throw new IllegalStateException("out of balance at " + node.entry.key());
    }
    check(node.left);
    check(node.right);
  }
}
