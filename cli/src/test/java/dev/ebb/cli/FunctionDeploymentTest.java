package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.cli.FakeApi.Answer;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionDeploymentTest {
  private static final String STORED =
      "{'apiVersion':'ebb.dev/v1','kind':'Function','metadata':{'name':'hello','namespace':'default','generation':2},'spec':{}}";
  private static final String READY =
      "{'type':'MODIFIED','object':{'apiVersion':'ebb.dev/v1','kind':'Function','metadata':{'name':'hello','namespace':'default','generation':2},'status':{'observedGeneration':2,'conditions':[{'type':'Ready','status':'%s','reason':'RevisionFailed','message':'it fell over'}]}}}\n";

  @TempDir private Path directory = Path.of("");

  private static KubernetesObject hello() {
    return KubernetesObject.of(
            new GroupVersionKind("ebb.dev", "v1", "Function"), new ObjectKey("default", "hello"))
        .with(json -> json.putObject("spec").put("runtime", "python"));
  }

  private FakeApi answering(Answer... answers) throws IOException {
    Iterator<Answer> next = List.of(answers).iterator();
    return FakeApi.start(directory, call -> next.next());
  }

  @Test
  void aWriteThatLostARaceIsTriedAgain() throws IOException {
    try (FakeApi api =
        answering(
            Answer.refused(404, "not found"),
            Answer.refused(409, "already exists"),
            Answer.ok(STORED),
            Answer.refused(409, "the object has been modified"),
            Answer.ok(STORED),
            Answer.ok(STORED),
            Answer.ok(READY.formatted("True")))) {
      var outcome = new FunctionDeployment(api.client(), 5).deploy(hello());

      assertThat(outcome.verb()).isEqualTo("unchanged");
      assertThat(api.calls)
          .extracting(FakeApi.Call::method)
          .containsExactly("GET", "POST", "GET", "PUT", "GET", "PUT", "GET");
    }
  }

  @Test
  void anotherRefusalIsNotTriedAgain() throws IOException {
    try (FakeApi api =
        answering(Answer.refused(404, "not found"), Answer.refused(422, "is invalid"))) {
      assertThatThrownBy(() -> new FunctionDeployment(api.client(), 5).deploy(hello()))
          .isInstanceOf(ApiClient.Refused.class)
          .hasMessage("is invalid");
      assertThat(api.calls).hasSize(2);
    }
  }

  @Test
  void aFunctionThatFailsIsToldWithItsReason() throws IOException {
    try (FakeApi api =
        answering(
            Answer.refused(404, "not found"),
            Answer.ok(STORED),
            Answer.ok(READY.formatted("False")))) {
      assertThatThrownBy(() -> new FunctionDeployment(api.client(), 5).deploy(hello()))
          .isInstanceOf(CliException.class)
          .hasMessageContainingAll("RevisionFailed", "it fell over");
    }
  }

  @Test
  void aFunctionThatIsNotReadyInTimeNamesTheNextCommand() throws IOException {
    try (FakeApi api =
        answering(Answer.refused(404, "not found"), Answer.ok(STORED), Answer.ok(""))) {
      assertThatThrownBy(() -> new FunctionDeployment(api.client(), 5).deploy(hello()))
          .isInstanceOf(CliException.class)
          .hasMessageContainingAll("not ready after 5 s", "ebb describe hello");
    }
  }
}
