package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvokeCommandTest {
  @ParameterizedTest
  @CsvSource({
    "/a/b?c=d&e=f, /a/b?c=d&e=f",
    "/a b, /a%20b",
    "/already%20done, /already%20done",
    "/ü, /%C3%BC",
    "/{x}|y, /%7Bx%7D%7Cy",
    "/a#b, /a%23b"
  })
  void aPathIsMadeFitForAUrl(String typed, String sent) {
    assertThat(InvokeCommand.encoded(typed)).isEqualTo(sent);
  }
}
