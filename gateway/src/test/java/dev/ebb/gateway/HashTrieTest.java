package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashTrieTest {
  /// Keys of `Aa` and `BB`, which have one hash, so words of equally many of them have too.
  private static String colliding(int number) {
    StringBuilder key = new StringBuilder();
    for (int bit = 0; bit < 6; bit++) {
      key.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return key.toString();
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "2, 60", "3, 1000", "4, 20000"})
  void afterEachStepItHasWhatAHashMapHas(long seed, int keys) {
    Random random = new Random(seed);
    Map<String, Integer> expected = new HashMap<>();
    HashTrie<Integer> trie = HashTrie.empty();
    for (int step = 0; step < 20_000; step++) {
      int number = random.nextInt(keys);
      String key = random.nextInt(4) == 0 ? colliding(number % 64) : "host-" + number;
      if (random.nextBoolean()) {
        expected.put(key, step);
        trie = trie.with(key, step);
      } else {
        expected.remove(key);
        trie = trie.without(key);
      }
      assertThat(trie.get(key)).isEqualTo(expected.get(key));
      assertThat(trie.isEmpty()).isEqualTo(expected.isEmpty());
      if (step % 1000 == 0) {
        for (int other = 0; other < keys; other++) {
          assertThat(trie.get("host-" + other)).isEqualTo(expected.get("host-" + other));
          assertThat(trie.get(colliding(other % 64)))
              .isEqualTo(expected.get(colliding(other % 64)));
        }
      }
    }
    for (String key : List.copyOf(expected.keySet())) {
      trie = trie.without(key);
    }
    assertThat(trie.isEmpty()).isTrue();
  }

  @Test
  void whatWasTakenOfItBeforeStaysAsItWas() {
    List<HashTrie<Integer>> before = new ArrayList<>();
    HashTrie<Integer> trie = HashTrie.empty();
    for (int number = 0; number < 200; number++) {
      before.add(trie);
      trie = trie.with(number % 3 == 0 ? colliding(number / 3 % 64) : "k" + number, number);
    }
    for (int number = 0; number < 200; number++) {
      before.add(trie);
      trie = trie.without(number % 3 == 0 ? colliding(number / 3 % 64) : "k" + number);
    }
    for (int at = 0; at < before.size(); at++) {
      boolean there = at > 1 && at <= 200 + 1;
      assertThat(before.get(at).get("k1")).as("after %d steps", at).isEqualTo(there ? 1 : null);
    }
    assertThat(trie.isEmpty()).isTrue();
  }

  @Test
  void withTheSameOrWithoutWhatIsNotThereItIsTheSame() {
    HashTrie<String> trie = HashTrie.<String>empty().with("a", "x").with(colliding(1), "y");
    assertThat(trie.with("a", "x")).isSameAs(trie);
    assertThat(trie.without("b")).isSameAs(trie);
    assertThat(trie.without(colliding(2))).isSameAs(trie);
  }
}
