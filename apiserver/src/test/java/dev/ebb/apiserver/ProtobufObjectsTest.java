package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.resources.ApiException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProtobufObjectsTest {
  @Test
  void aConfigMapBecomesItsJson() {
    byte[] body =
        envelope(
            "v1",
            "ConfigMap",
            map -> {
              map.message(
                  1,
                  meta -> {
                    meta.text(1, "c");
                    meta.text(2, "");
                    meta.integer(7, 0);
                    meta.message(8, time -> {});
                    meta.message(
                        11,
                        pair -> {
                          pair.text(1, "k");
                          pair.text(2, "v");
                        });
                    meta.text(14, "f");
                  });
              map.message(
                  2,
                  pair -> {
                    pair.text(1, "a");
                    pair.text(2, "");
                  });
              map.message(
                  3,
                  pair -> {
                    pair.text(1, "b");
                    pair.text(2, "\u0001");
                  });
              map.flag(4, true);
            });
    assertThat(ProtobufObjects.read(body))
        .hasToString(
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"labels\":{\"k\":\"v\"},\"finalizers\":[\"f\"]},"
                + "\"data\":{\"a\":\"\"},\"binaryData\":{\"b\":\"AQ==\"},\"immutable\":true}");
  }

  static Stream<Arguments> refusals() {
    byte[] good = envelope("v1", "ConfigMap", map -> map.message(1, meta -> meta.text(1, "c")));
    return Stream.of(
        Arguments.of("nothing", new byte[0], 400),
        Arguments.of("no magic", "abcdefgh".getBytes(StandardCharsets.UTF_8), 400),
        Arguments.of("the magic alone", new byte[] {'k', '8', 's', 0}, 415),
        Arguments.of("cut off", Arrays.copyOf(good, good.length - 1), 400),
        Arguments.of("an unknown kind", envelope("v1", "Boat", node -> {}), 415),
        Arguments.of(
            "a text that is none",
            envelope("v1", "Secret", s -> s.message(3, text -> text.integer(31, -1))),
            400),
        Arguments.of("a wrong type", envelope("v1", "Secret", s -> s.integer(3, 7)), 400),
        Arguments.of(
            "a long number",
            new byte[] {'k', '8', 's', 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
            400));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void whatIsNoObjectIsRefused(String what, byte[] body, int code) {
    ApiException refusal =
        catchThrowableOfType(ApiException.class, () -> ProtobufObjects.read(body));
    assertThat(refusal.status().code()).as(what).isEqualTo(code);
  }

  @Test
  void whatNobodyKnowsIsPassedOver() {
    byte[] body =
        envelope(
            "v1",
            "Secret",
            secret -> {
              secret.text(90, "x");
              secret.integer(91, 7);
              secret.decimal(92, 1.5);
              secret.text(3, "Opaque");
            });
    assertThat(ProtobufObjects.read(body).path("type").asString()).isEqualTo("Opaque");
  }

  private static byte[] envelope(String apiVersion, String kind, Consumer<ProtobufWriter> object) {
    ProtobufWriter writer = new ProtobufWriter();
    writer.message(
        1,
        type -> {
          type.text(1, apiVersion);
          type.text(2, kind);
        });
    writer.message(2, object);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {'k', '8', 's', 0});
    all.writeBytes(writer.toByteArray());
    return all.toByteArray();
  }
}
