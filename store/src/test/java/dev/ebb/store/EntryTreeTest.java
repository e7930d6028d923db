package dev.ebb.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTreeTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itIsASortedMapWhateverIsDoneToIt(long seed) {
    Random random = new Random(seed);
    TreeMap<String, Entry> model = new TreeMap<>();
    EntryTree tree = EntryTree.EMPTY;
    int keys = 1 << random.nextInt(3, 10);
    for (int step = 0; step < 2000; step++) {
      String key = "/" + random.nextInt(keys);
      // Phases of growth and of shrinking, so that both directions of balancing are met.
      if (random.nextInt(10) < (step / 500 % 2 == 0 ? 8 : 2)) {
        Entry entry = entry(key, step);
        tree = tree.with(entry);
        model.put(key, entry);
      } else {
        tree = tree.without(key);
        model.remove(key);
      }

      tree.checkInvariants();
      assertThat(tree.get(key)).isEqualTo(Optional.ofNullable(model.get(key)));
      assertThat(tree.size()).isEqualTo(model.size());
      assertThat(tree.rank(k -> k.compareTo(key) < 0)).isEqualTo(model.headMap(key).size());
    }
    List<Entry> all = new ArrayList<>(model.values());
    int from = random.nextInt(all.size());
    int to = random.nextInt(from, all.size() + 1);
    assertThat(tree.slice(from, to)).isEqualTo(all.subList(from, to));
    assertThat(tree.slice(0, all.size())).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sortedKeysGiveABalancedTree(boolean ascending) {
    EntryTree tree = EntryTree.EMPTY;
    for (int i = 0; i < 1000; i++) {
      tree = tree.with(entry("/%04d".formatted(ascending ? i : 999 - i), i));
    }
    tree.checkInvariants();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 10, 1000})
  void aTreeBuiltAtOnceIsBalanced(int size) {
    List<Entry> sorted =
        IntStream.range(0, size).mapToObj(i -> entry("/%04d".formatted(i), i)).toList();

    EntryTree tree = EntryTree.of(sorted);

    tree.checkInvariants();
    assertThat(tree.slice(0, size)).isEqualTo(sorted);
  }

  @Test
  void anOlderTreeStaysAsItWas() {
    EntryTree old = EntryTree.EMPTY.with(entry("/a", 1)).with(entry("/b", 2));

    EntryTree changed = old.without("/a").with(entry("/b", 3)).with(entry("/c", 4));

    assertThat(old.slice(0, 2)).extracting(Entry::revision).containsExactly(1L, 2L);
    assertThat(changed.slice(0, 2)).extracting(Entry::revision).containsExactly(3L, 4L);
  }

  private static Entry entry(String key, long revision) {
    return new Entry(key, new byte[0], 1, revision);
  }
}
