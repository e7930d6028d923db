package dev.ebb.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InternedTest {
  private record One(List<String> words) {}

  private record Other(List<String> words) {}

  @Test
  void equalValuesAreOne() {
    One first = Interned.of(new One(List.of("a")));
    assertThat(Interned.of(new One(List.of("a")))).isSameAs(first);
  }

  @Test
  void othersStayWhatTheyAre() {
    One first = Interned.of(new One(List.of("a")));
    assertThat(Interned.of(new One(List.of("b")))).isEqualTo(new One(List.of("b")));
    assertThat(Interned.of(new Other(List.of("a")))).isNotEqualTo(first);
  }
}
