package dev.ebb.resources.local;

import java.util.ArrayDeque;

/// The trees of objects that were parsed last; older ones are dropped, and parsed again when
/// somebody looks. Thread-safe.
///
/// As a tree an object takes four times its text. Ten thousand services at zero are 70,000 objects
/// that nobody looks at, 440 MB as trees; what is at work at any moment is some hundred of them.
/// The first that came goes first: what is in constant use is parsed again once in a turn, some ten
/// microseconds.
final class RecentTrees {
  /// Of text: about 3,000 objects, and 16 MiB in trees. Below this many nothing is parsed twice.
  private static final long MAX_TEXT_BYTES = 4L << 20;

  interface Tree {
    int textBytes();

    /// Called with a lock held.
    void drop();
  }

  private final ArrayDeque<Tree> trees = new ArrayDeque<>();
  private final long maxTextBytes;
  private long textBytes;

  RecentTrees() {
    this(MAX_TEXT_BYTES);
  }

  /// @param maxTextBytes how much text the trees that are kept were made of
  RecentTrees(long maxTextBytes) {
    this.maxTextBytes = maxTextBytes;
  }

  synchronized void add(Tree tree) {
    trees.addLast(tree);
    textBytes += tree.textBytes();
    while (textBytes > maxTextBytes) {
      Tree oldest = trees.removeFirst();
      textBytes -= oldest.textBytes();
      oldest.drop();
    }
  }
}
