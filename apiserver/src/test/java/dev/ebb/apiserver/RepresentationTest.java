package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.resources.ApiException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepresentationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                                                          | JSON     | v1
          */*                                                                       | JSON     | v1
          application/*                                                             | JSON     | v1
          text/html,application/xhtml+xml,*/*;q=0.8                                 | JSON     | v1
          application/vnd.kubernetes.protobuf,application/json                      | JSON     | v1
          APPLICATION/JSON;charset=utf-8                                            | JSON     | v1
          application/json;as=Table;v=v1;g=meta.k8s.io,application/json             | TABLE    | v1
          application/json;as=Table;v=v1beta1;g=meta.k8s.io                         | TABLE    | v1beta1
          application/json;as=Table;v=v7;g=meta.k8s.io,application/json             | JSON     | v1
          application/json;as=Table;v=v1;g=other.io,application/json                | JSON     | v1
          application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1          | METADATA | v1
          application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1beta1         | METADATA | v1beta1
          application/json;q=0.5,application/json;as=Table;v=v1;g=meta.k8s.io       | TABLE    | v1
          application/json;as=Table;v=v1;g=meta.k8s.io;q=0,application/json;q=nan   | JSON     | v1
          """)
  void theFirstFormThatThereIsWins(String accept, Representation.Form form, String version) {
    assertThat(Representation.negotiate(Optional.of(accept)))
        .isEqualTo(new Representation(form, version));
  }

  @Test
  void withoutAnAcceptHeaderItIsJson() {
    assertThat(Representation.negotiate(Optional.empty())).isEqualTo(Representation.JSON);
    assertThat(Representation.negotiate(Optional.of(" "))).isEqualTo(Representation.JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/vnd.kubernetes.protobuf",
        "application/json;as=Picture;v=v1;g=meta.k8s.io",
        "application/json;q=0",
        ",;="
      })
  void whatThereIsNotIsRefused(String accept) {
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class, () -> Representation.negotiate(Optional.of(accept)));
    assertThat(refusal.status().code()).isEqualTo(406);
  }
}
