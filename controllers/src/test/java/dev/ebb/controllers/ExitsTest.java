package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.ExitStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | 0 | Error | '' | ExitCode3 | Container failed with exit code 3 and no output",
        "3 | 0 | Error | 'boom\n' | ExitCode3 | Container failed with: boom (exit code 3)",
        "0 | 0 | Completed | '' | ExitCode0 | Container failed with: container exited with no error",
        "139 | 11 | Error | '' | ExitCode139"
            + " | 'Container failed with exit code 139, signal 11 and no output'",
        "-1 | 0 | Unknown | bye | ExitCodeUnknown | Container failed with: bye (unknown exit code)",
        "137 | 9 | OOMKilled | '' | ExitCode137 | 'Container failed with: OOMKilled,"
            + " it used more memory than its limit (exit code 137, signal 9)'",
        "137 | 9 | OOMKilled | filling | ExitCode137 | 'Container failed with: filling; OOMKilled,"
            + " it used more memory than its limit (exit code 137, signal 9)'",
        "137 | 9 | StartTimeout | loading | StartTimeout"
            + " | 'Container failed: it did not become ready in time. Its last output: loading'"
      })
  void anEndIsToldWithItsCodeAndItsOutput(
      int code, int signal, String why, String output, String reason, String message) {
    ExitStatus exit = new ExitStatus(code, signal, why, output);

    assertThat(Exits.reason(exit)).isEqualTo(reason);
    assertThat(Exits.message(exit)).isEqualTo(message);
  }
}
