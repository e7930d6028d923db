package dev.ebb.gateway;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An immutable map from strings. A map with one entry more or less shares all but a few nodes with
/// the one before, so a change costs the same among ten entries and among a hundred thousand; a
/// look-up allocates nothing and costs about that of a hash table.
///
/// A hash array mapped trie (P. Bagwell, "Ideal Hash Trees", 2001) with the layout of M.
/// Steindorfer and J. Vinju ("Optimizing Hash-Array Mapped Tries for Fast and Lean Immutable JVM
/// Collections", 2015): each level takes five bits of the hash; a node has one array, keys with
/// their values from its beginning, nodes below from its end, and a bitmap for each of both. A node
/// below the root has two entries at least, so equal maps have equal shapes.
final class HashTrie<V> {
  private static final int BITS = 5;

  /// Where the hash has no bits left; entries there have the same one.
  private static final int DEEPEST = 35;

  private static final HashTrie<?> EMPTY = new HashTrie<>(new Node(0, 0));

  private final Node root;

  private HashTrie(Node root) {
    this.root = root;
  }

  @SuppressWarnings("unchecked") // nothing is in it
  static <V> HashTrie<V> empty() {
    return (HashTrie<V>) EMPTY;
  }

  boolean isEmpty() {
    return root.content.length == 0;
  }

  @SuppressWarnings("unchecked") // only a V is ever put
  @Nullable V get(String key) {
    // Most hosts have no exact paths, and the hash of a path that just came is not known yet.
    return isEmpty() ? null : (V) root.get(key, hash(key));
  }

  HashTrie<V> with(String key, V value) {
    Node changed = root.with(key, value, hash(key), 0);
    return changed == root ? this : new HashTrie<>(changed);
  }

  HashTrie<V> without(String key) {
    Node changed = root.without(key, hash(key), 0);
    return changed == root ? this : new HashTrie<>(changed);
  }

  /// Names that differ in their last letters differ in the lowest bits of a string's hash; its
  /// upper ones are little used by short names.
  private static int hash(String key) {
    int hash = key.hashCode();
    return hash ^ (hash >>> 16);
  }

  private static final class Node {
    /// Which of the 32 places have a key with its value. At the deepest level there are no places.
    private final int entries;

    /// Which have a node.
    private final int nodes;

    private final Object[] content;

    Node(int entries, int nodes, Object... content) {
      this.entries = entries;
      this.nodes = nodes;
      this.content = content;
    }

    @Nullable Object get(String key, int hash) {
      Node node = this;
      for (int shift = 0; shift < DEEPEST; shift += BITS) {
        int place = place(hash, shift);
        if ((node.entries & place) != 0) {
          int at = node.entryAt(place);
          return key.equals(node.content[at]) ? node.content[at + 1] : null;
        }
        if ((node.nodes & place) == 0) {
          return null;
        }
        node = (Node) node.content[node.nodeAt(place)];
      }
      int at = node.find(key);
      return at < 0 ? null : node.content[at + 1];
    }

    Node with(String key, Object value, int hash, int shift) {
      if (shift >= DEEPEST) {
        int at = find(key);
        return at < 0
            ? new Node(0, 0, inserted(content.length, key, value))
            : withContent(at + 1, value);
      }
      int place = place(hash, shift);
      if ((nodes & place) != 0) {
        int at = nodeAt(place);
        return withContent(at, ((Node) content[at]).with(key, value, hash, shift + BITS));
      }
      int at = entryAt(place);
      if ((entries & place) == 0) {
        return new Node(entries | place, nodes, inserted(at, key, value));
      }
      String present = (String) content[at];
      if (key.equals(present)) {
        return withContent(at + 1, value);
      }
      Node below =
          new Node(0, 0)
              .with(present, content[at + 1], hash(present), shift + BITS)
              .with(key, value, hash, shift + BITS);
      return withNode(place, below);
    }

    Node without(String key, int hash, int shift) {
      if (shift >= DEEPEST) {
        int at = find(key);
        return at < 0 ? this : new Node(0, 0, removed(at));
      }
      int place = place(hash, shift);
      if ((entries & place) != 0) {
        int at = entryAt(place);
        return key.equals(content[at]) ? new Node(entries & ~place, nodes, removed(at)) : this;
      }
      if ((nodes & place) == 0) {
        return this;
      }
      int at = nodeAt(place);
      Node below = ((Node) content[at]).without(key, hash, shift + BITS);
      return below.isOneEntry() ? withEntry(place, below) : withContent(at, below);
    }

    private static int place(int hash, int shift) {
      return 1 << ((hash >>> shift) & 31);
    }

    private int entryAt(int place) {
      return 2 * Integer.bitCount(entries & (place - 1));
    }

    private int nodeAt(int place) {
      return content.length - 1 - Integer.bitCount(nodes & (place - 1));
    }

    private int find(String key) {
      for (int at = 0; at < content.length; at += 2) {
        if (key.equals(content[at])) {
          return at;
        }
      }
      return -1;
    }

    private boolean isOneEntry() {
      return nodes == 0 && content.length == 2;
    }

    @SuppressWarnings("ReferenceEquality") // the same object changes nothing
    private Node withContent(int at, Object changed) {
      if (content[at] == changed) {
        return this;
      }
      Object[] copy = content.clone();
      copy[at] = changed;
      return new Node(entries, nodes, copy);
    }

    /// Where an entry was there is a node from now on.
    private Node withNode(int place, Node below) {
      Object[] rest = removed(entryAt(place));
      int at = rest.length - Integer.bitCount(nodes & (place - 1));
      Object[] copy = new Object[rest.length + 1];
      System.arraycopy(rest, 0, copy, 0, at);
      copy[at] = below;
      System.arraycopy(rest, at, copy, at + 1, rest.length - at);
      return new Node(entries & ~place, nodes | place, copy);
    }

    /// Where a node was there is its only entry from now on.
    private Node withEntry(int place, Node below) {
      int at = nodeAt(place);
      Object[] rest = new Object[content.length - 1];
      System.arraycopy(content, 0, rest, 0, at);
      System.arraycopy(content, at + 1, rest, at, rest.length - at);
      return new Node(entries, nodes & ~place, rest)
          .withEntry(place, (String) below.content[0], below.content[1]);
    }

    private Node withEntry(int place, String key, Object value) {
      return new Node(entries | place, nodes, inserted(entryAt(place), key, value));
    }

    private Object[] inserted(int at, String key, Object value) {
      Object[] copy = new Object[content.length + 2];
      System.arraycopy(content, 0, copy, 0, at);
      copy[at] = key;
      copy[at + 1] = value;
      System.arraycopy(content, at, copy, at + 2, content.length - at);
      return copy;
    }

    private Object[] removed(int at) {
      Object[] copy = Arrays.copyOf(content, content.length - 2);
      System.arraycopy(content, at + 2, copy, at, content.length - at - 2);
      return copy;
    }
  }
}
