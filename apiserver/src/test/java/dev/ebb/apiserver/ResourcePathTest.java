package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcePathTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      textBlock =
          """
          # path                                        | group | version | namespace | plural | name | sub
          /api/v1/pods                                  | '' | v1 | ''  | pods       | ''   | ''
          /api/v1/pods/                                 | '' | v1 | ''  | pods       | ''   | ''
          /api/v1/namespaces                            | '' | v1 | ''  | namespaces | ''   | ''
          /api/v1/namespaces/a                          | '' | v1 | ''  | namespaces | a    | ''
          /api/v1/namespaces/a/status                   | '' | v1 | ''  | namespaces | a    | status
          /api/v1/namespaces/a/finalize                 | '' | v1 | ''  | namespaces | a    | finalize
          /api/v1/namespaces/a/pods                     | '' | v1 | a   | pods       | ''   | ''
          /api/v1/namespaces/a/pods/p                   | '' | v1 | a   | pods       | p    | ''
          /api/v1/namespaces/a/pods/p/log               | '' | v1 | a   | pods       | p    | log
          /apis/g.io/v1/things                          | g.io | v1 | ''  | things   | ''   | ''
          /apis/g.io/v1/things/t/status                 | g.io | v1 | ''  | things   | t    | status
          /apis/g.io/v1beta1/namespaces/a/things/t      | g.io | v1beta1 | a | things | t   | ''
          /api/v1/namespaces/a/pods/p%20q               | '' | v1 | a   | pods       | p q  | ''
          /api/v1/namespaces/a/pods/%C3%A4              | '' | v1 | a   | pods       | ä    | ''
          /api/v1/namespaces/a/pods/a+b                 | '' | v1 | a   | pods       | a+b  | ''
          """)
  void aPathNamesAResource(
      String path,
      String group,
      String version,
      String namespace,
      String plural,
      String name,
      String subresource) {
    assertThat(ResourcePath.parse(path))
        .contains(new ResourcePath(group, version, namespace, plural, name, subresource));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/api",
        "/api/v1",
        "/apis/g.io/v1",
        "/other/v1/pods",
        "api/v1/pods",
        "/api/v1//pods",
        "/api/v1/pods//",
        "/api/v1/namespaces/a/pods/p/log/more",
        "/api/v1/pods/%",
        "/api/v1/pods/%zz",
        "/api/v1/pods/%ff"
      })
  void otherPathsNameNone(String path) {
    assertThat(ResourcePath.parse(path)).isEmpty();
  }

  static Stream<String> encoded() {
    return Stream.of("a%2Fb", "a%2fb");
  }

  @ParameterizedTest
  @MethodSource("encoded")
  void anEncodedSlashSeparatesNothing(String name) {
    assertThat(ResourcePath.parse("/api/v1/pods/" + name).map(ResourcePath::name))
        .isEqualTo(Optional.of("a/b"));
  }
}
