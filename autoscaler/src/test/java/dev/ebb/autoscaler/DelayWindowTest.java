package dev.ebb.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DelayWindowTest {
  @Test
  void itIsTheMaximumOfTheLastTicks() {
    var random = new Random(7);
    var window = new DelayWindow();
    var all = new ArrayList<Integer>();
    for (int tick = 0; tick < 5_000; tick++) {
      int count = random.nextInt(20);
      all.add(count);
      int expected =
          all.subList(Math.max(0, tick - 4), tick + 1).stream().max(Integer::compare).get();
      assertThat(window.record(tick, count, 5)).isEqualTo(expected);
    }
  }

  @Test
  void aShorterWindowForgetsAtOnce() {
    var window = new DelayWindow();
    window.record(0, 9, 100);
    window.record(1, 3, 100);
    assertThat(window.record(2, 1, 2)).isEqualTo(3);
  }
}
