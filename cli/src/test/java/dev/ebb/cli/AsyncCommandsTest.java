package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsyncCommandsTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          async retry c1                      | POST   | /ebb/async/retry?namespace=&function=&id=c1 | 1 call again in the queue
          async retry --all                   | POST   | /ebb/async/retry?namespace=default&function=&all=true | 1 call again in the queue
          async drop c1                       | DELETE | /ebb/async?namespace=&function=&id=c1 | 1 call dropped
          async drop --all -n a --function f  | DELETE | /ebb/async?namespace=a&function=f&all=true | 1 call dropped
          async drop c1 -o json               | DELETE | /ebb/async?namespace=&function=&id=c1 | { "count" : 1 }
          async ls                            | GET    | /ebb/async?namespace=default&function=&limit=500 | No asynchronous calls wait in namespace default. Those of all: ebb async ls -A
          async ls -A                         | GET    | /ebb/async?namespace=&function=&limit=500 | No asynchronous calls wait.
          """)
  void theServerIsAsked(String command, String method, String target, String told)
      throws Exception {
    try (FakeApi api = FakeApi.start(directory, call -> FakeApi.Answer.ok("{'count':1}"))) {
      var run = run(command);
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).isEqualToNormalizingWhitespace(told);
      assertThat(run.exitCode()).isZero();
      assertThat(api.calls)
          .singleElement()
          .isEqualTo(new FakeApi.Call(method, target, method.equals("POST") ? "{}" : ""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          async drop                       | 2 | name a CALL-ID, or say --all
          async retry c1 --all             | 2 | name a CALL-ID, or say --all
          async retry c1 --function f      | 2 | --function goes with --all
          async show                       | 2 | Missing required parameter: 'CALL-ID'
          async show nope                  | 1 | no call nope. See: ebb async ls -A
          async drop nope                  | 1 | no call nope. See: ebb async ls -A
          """)
  void whatCannotBeIsToldAndNothingIsDone(String command, int exitCode, String told)
      throws Exception {
    try (FakeApi api =
        FakeApi.start(directory, call -> FakeApi.Answer.refused(404, "no call nope"))) {
      var run = run(command);
      assertThat(run.err()).contains(told);
      assertThat(run.exitCode()).isEqualTo(exitCode);
      assertThat(api.calls).hasSize(exitCode == 2 ? 0 : 1);
    }
  }

  private CommandLineTest.Run run(String command) {
    return CommandLineTest.run((command + " --data-dir " + directory).split(" "));
  }
}
