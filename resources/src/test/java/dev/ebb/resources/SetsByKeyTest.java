package dev.ebb.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SetsByKeyTest {
  @Test
  void isAsAMapOfSets() {
    Random random = new Random(7);
    SetsByKey<Integer, Integer> sets = new SetsByKey<>();
    Map<Integer, Set<Integer>> model = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int key = random.nextInt(5);
      int value = random.nextInt(6);
      Set<Integer> expected = model.computeIfAbsent(key, _ -> new HashSet<>());
      if (random.nextBoolean()) {
        sets.add(key, value);
        expected.add(value);
      } else {
        sets.remove(key, value);
        expected.remove(value);
      }
      assertThat(sets.get(key)).isEqualTo(expected);
    }
    sets.clear();
    assertThat(sets.get(1)).isEmpty();
  }

  @Test
  void aSmallSetThatWasGotStaysAsItWas() {
    SetsByKey<String, String> sets = new SetsByKey<>();
    sets.add("a", "1");
    Set<String> before = sets.get("a");
    sets.add("a", "2");
    assertThat(before).containsExactly("1");
  }
}
