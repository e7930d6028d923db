package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenPartsTest {
  @Test
  void theLastIsClosedFirstAndAFailureKeepsNoOtherOpen() {
    List<String> closed = new ArrayList<>();
    OpenParts parts = new OpenParts();
    parts.add(() -> closed.add("first"));
    parts.add(() -> {
      throw new IllegalStateException("broken");
    });
    parts.add(() -> closed.add("last"));

    parts.close();
    parts.close();

    assertThat(closed).containsExactly("last", "first");
  }
}
