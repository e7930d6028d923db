package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {
  private final StringWriter drawn = new StringWriter();
  private TerminalSize size = new TerminalSize(10, 4);
  private final Block block = new Block(new PrintWriter(drawn), () -> size);

  private String draw(String... lines) {
    drawn.getBuffer().setLength(0);
    block.draw(List.of(lines));
    return drawn.toString();
  }

  @Test
  void whatTheTerminalHasNoRoomForIsCutOff() {
    assertThat(draw("123456789", "1234567890", "3", "4")).isEqualTo("123456789\n123456789\n3\n");
    assertThat(draw("again")).isEqualTo("\u001b[3A\u001b[Jagain\n");
  }

  @Test
  void aWindowMayChange() {
    assertThat(draw("1", "2", "3")).isEqualTo("1\n2\n3\n");
    size = new TerminalSize(4, 2);
    assertThat(draw("1234", "2")).isEqualTo("\u001b[3A\u001b[J123\n");
    size = new TerminalSize(0, 0);
    assertThat(block.room()).isEqualTo(1);
  }

  @Test
  void whatIsNoTerminalHasTheUsualSize() {
    assertThat(TerminalSize.now()).isEqualTo(TerminalSize.USUAL);
  }
}
