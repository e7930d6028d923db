package dev.ebb.autoscaler;

import static dev.ebb.autoscaler.World.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutoscalerTest {
  private final World world = new World();

  @Test
  void aRevisionGoesToZeroAfterTheStableWindowAndComesBackForARequest() {
    world.register(Policies.with(knob -> knob.initial(1)));
    assertThat(world.instances.scaleOf(HELLO)).contains(1);

    world.load(0, 1).pass(60);
    assertThat(world.desired()).isEqualTo(1);
    world.pass(4);
    assertThat(world.instances.scaleOf(HELLO)).contains(0);

    world.load(0, 0).autoscaler.raise(HELLO);
    assertThat(world.instances.scaleOf(HELLO)).contains(0);
    world.runActivations();
    assertThat(world.instances.scaleOf(HELLO)).contains(1);
  }
}
