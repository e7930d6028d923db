package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.PathRewrite;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What functions and their callers are told of a call.
@Timeout(60)
class CallHeadersTest {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

  @TempDir Path directory;

  private String exchange(boolean callHeaders, String header) throws IOException {
    return exchange(callHeaders, header, connection -> connection.answer(200, connection.head()));
  }

  private String exchange(boolean callHeaders, String header, Upstream.Script script)
      throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("one", upstream);
      fixture.gateway.routes(
          RouteTable.of(
              new RouteRule(
                  "openfaas-fn/hello",
                  new RouteMatch(
                      Optional.empty(),
                      Set.of(),
                      new PathMatch.Prefix("/function/hello"),
                      Map.of()),
                  List.of(new WeightedTarget(new RouteTarget.Revision(Fixture.REVISION), 100)),
                  Map.of(),
                  Optional.of(new PathRewrite.StripPrefix("/function/hello")),
                  Optional.empty(),
                  OptionalInt.empty(),
                  /* inside= */ false,
                  callHeaders)));
      return client
          .send("GET /function/hello HTTP/1.1\r\nHost: a\r\n" + header + "\r\n")
          .response()
          .toLowerCase(Locale.ROOT);
    }
  }

  @Test
  void aCallHasAnIdAndATimeOnBothSides() throws IOException {
    String[] parts = exchange(true, "").split("\r\n\r\n", 2);
    Matcher told = UUID.matcher(value(parts[0], "x-call-id"));
    assertThat(told.matches()).isTrue();
    assertThat(value(parts[1], "x-call-id")).isEqualTo(told.group());
    assertThat(value(parts[0], "x-start-time"))
        .matches("[0-9]{19}")
        .isEqualTo(value(parts[1], "x-start-time"));
    assertThat(value(parts[0], "x-served-by")).isEqualTo("ebb");
    assertThat(parts[1]).doesNotContain("x-served-by");
  }

  @Test
  void theIdOfACallerIsKeptAndNotToldAgain() throws IOException {
    String[] parts = exchange(true, "X-Call-Id: mine\r\n").split("\r\n\r\n", 2);
    assertThat(parts[0]).doesNotContain("x-call-id").contains("x-start-time");
    assertThat(value(parts[1], "x-call-id")).isEqualTo("mine");
  }

  @Test
  void whatTheGatewayAnswersItselfSaysWhy() throws IOException {
    String told = exchange(true, "", connection -> {});
    assertThat(value(told, "x-openfaas-internal")).isEqualTo("upstreamfailed");
    assertThat(exchange(false, "", connection -> {})).doesNotContain("x-openfaas-internal");
    assertThat(exchange(true, "")).doesNotContain("x-openfaas-internal");
  }

  @Test
  void otherRequestsHaveNoneOfIt() throws IOException {
    assertThat(exchange(false, ""))
        .doesNotContain("x-call-id")
        .doesNotContain("x-start-time")
        .doesNotContain("x-served-by");
  }

  private static String value(String head, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + ": (\\S+)\\s*$").matcher(head);
    assertThat(line.find()).as(name + " in " + head).isTrue();
    return line.group(1);
  }
}
