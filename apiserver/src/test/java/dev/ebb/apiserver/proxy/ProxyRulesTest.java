package dev.ebb.apiserver.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.resources.ApiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRulesTest {
  @ParameterizedTest
  @CsvSource({
    "web, '', web, ''",
    "web:http, '', web, http",
    "web:, '', web, ''",
    "http:web:80, http, web, 80",
    "https:web:, https, web, ''"
  })
  void names(String text, String scheme, String name, String port) {
    assertThat(ProxyName.parse("service", text)).isEqualTo(new ProxyName(scheme, name, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b:c:d", "ftp:web:80", ":80", "http::80"})
  void namesThatAreNone(String text) {
    assertThatThrownBy(() -> ProxyName.parse("service", text))
        .isInstanceOf(ApiException.class)
        .hasMessage("invalid service request \"%s\"".formatted(text));
  }

  @ParameterizedTest
  @CsvSource({
    "/login, /p/login",
    "next?a=1#b, /p/dir/next?a=1#b",
    "../up, /p/up",
    "http://site/x, /p/x",
    "//site/x, /p/x",
    "http://other/x, http://other/x",
    "http://site:81/x, http://site:81/x",
    "mailto:a@b, mailto:a@b",
    "http://[broken, http://[broken"
  })
  void redirects(String location, String expected) {
    assertThat(ProxyHeaders.location(location, "/p", "/dir/page", "site")).isEqualTo(expected);
  }

  @Test
  void credentialsAndHeadersOfTheConnectionStayHere() {
    Map<String, List<String>> sent =
        ProxyHeaders.request(
            Map.of(
                "host", List.of("api:6443"),
                "authorization", List.of("Bearer secret"),
                "impersonate-user", List.of("somebody"),
                "connection", List.of("keep-alive, X-Hop"),
                "x-hop", List.of("1"),
                "te", List.of("trailers"),
                "accept", List.of("a", "b")),
            new ProxyTarget(new InetSocketAddress(1), "site"),
            "/asked");
    assertThat(sent)
        .isEqualTo(
            Map.of(
                "host", List.of("site"),
                "accept", List.of("a", "b"),
                "x-forwarded-host", List.of("api:6443"),
                "x-forwarded-proto", List.of("https"),
                "x-forwarded-uri", List.of("/asked")));
  }

  @ParameterizedTest
  @CsvSource({
    "0||, ''",
    "5|hello|0||, hello",
    "3;x=y|hel|2|lo|0|Trailer: x||, hello",
    "00A|0123456789|000||, 0123456789"
  })
  void chunks(String text, String expected) throws IOException {
    assertThat(readChunks(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x|",
        "-1|",
        "5|hel",
        "5|hello",
        "5|hello|",
        "5|hello1||",
        "3|hello|0||",
        "fffffffffffffffff|"
      })
  void chunksThatAreNone(String text) {
    assertThatThrownBy(() -> readChunks(text)).isInstanceOf(IOException.class);
  }

  /// @param text with a bar for each end of a line
  private static String readChunks(String text) throws IOException {
    byte[] wire = text.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII);
    return new String(
        new ChunkedInput(new ByteArrayInputStream(wire)).readAllBytes(), StandardCharsets.US_ASCII);
  }
}
