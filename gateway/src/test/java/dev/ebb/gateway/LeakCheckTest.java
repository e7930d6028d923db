package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakCheckTest {
  @Test
  void aLostBufferIsNoticed() {
    lose();
    assertThat(LeakCheck.leaks()).hasSize(1).first().asString().contains("ByteBuf");
  }

  private static void lose() {
    ByteBufAllocator.DEFAULT.buffer(1).writeByte(1);
  }
}
