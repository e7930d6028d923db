package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.distribution.ImageException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestDocumentTest {
  private static final Platform AMD64 = Platform.of("amd64");
  private static final String D1 = "sha256:" + "1".repeat(64);
  private static final String D2 = "sha256:" + "2".repeat(64);
  private static final String CONFIG = "'config':{'mediaType':'c','digest':'" + D1 + "','size':2}";

  @Test
  void aManifestHasItsConfigurationAndLayersInOrder() {
    var manifest =
        (ImageManifest)
            parse(
                "{'schemaVersion':2,"
                    + CONFIG
                    + ",'layers':[{'mediaType':'l','digest':'"
                    + D2
                    + "','size':5000000000}],'annotations':{'a':'b'}}",
                MediaTypes.DOCKER_MANIFEST);

    assertThat(manifest.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
    assertThat(manifest.config()).isEqualTo(new Descriptor("c", D1, 2));
    assertThat(manifest.layers()).containsExactly(new Descriptor("l", D2, 5_000_000_000L));
    assertThat(manifest.annotations()).containsEntry("a", "b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{ | is not JSON",
        "[] | is not a JSON object",
        "{'schemaVersion':2,'schemaVersion':2} | is not JSON",
        "{} {} | is not JSON",
        "{'schemaVersion':1,'name':'a','fsLayers':[]} | Docker's schema 1",
        "{'layers':[]} | no 'schemaVersion' 2",
        "{'schemaVersion':2} | is not either",
        "{'schemaVersion':2,'manifests':[],'config':{}} | is not either",
        "{'schemaVersion':2,'manifests':[],'layers':[]} | is not either",
        "{'schemaVersion':2,CONFIG} | has no 'layers'",
        "{'schemaVersion':2,'config':{},'layers':[]} | has the digest ''",
        "{'schemaVersion':2,'config':{'digest':'sha256:12','size':1},'layers':[]} | 'sha256:12'",
        "{'schemaVersion':2,'config':{'digest':'sha512:12','size':1},'layers':[]} | only sha256",
        "{'schemaVersion':2,CONFIG,'layers':[{'digest':'../../etc'}]} | has the digest '../../etc'",
        "{'schemaVersion':2,CONFIG,'layers':[{'digest':'D2'}]} | has no size",
        "{'schemaVersion':2,CONFIG,'layers':[{'digest':'D2','size':-1}]} | has no size",
        "{'schemaVersion':2,CONFIG,'layers':[{'digest':'D2','size':1e30}]} | has no size",
        "{'schemaVersion':2,CONFIG,'layers':[{'digest':'D2','size':'1'}]} | has no size",
        "{'schemaVersion':2,CONFIG,'layers':[],'mediaType':'text/html'} | its media type 'text/html'",
        "{'schemaVersion':2,CONFIG,'layers':[],"
            + "'mediaType':'application/vnd.oci.image.index.v1+json'} | its media type",
      })
  void whatIsNoManifestIsRefused(String json, String why) {
    assertThatThrownBy(() -> parse(json.replace("CONFIG", CONFIG).replace("D2", D2), ""))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining(why);
  }

  @Test
  void aManifestIsWhatItsRegistrySaysItIs() {
    var json = "{'schemaVersion':2,'mediaType':'" + MediaTypes.OCI_MANIFEST + "'," + CONFIG;
    assertThatThrownBy(() -> parse(json + ",'layers':[]}", MediaTypes.DOCKER_MANIFEST))
        .hasMessageContaining("says it is");
    assertThatThrownBy(() -> parse("{'schemaVersion':2,'manifests':[]}", MediaTypes.OCI_MANIFEST))
        .hasMessageContaining("is not what its media type");
  }

  @Test
  void aHugeManifestIsNotRead() {
    assertThatThrownBy(() -> ManifestDocument.parse(new byte[(4 << 20) + 1], ""))
        .hasMessageContaining("larger than 4 MiB");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/arm64/v8 linux/amd64, 1",
    "linux/amd64/v3 linux/amd64/v1, 1",
    "linux/amd64 linux/amd64, 0",
    "unknown/unknown linux/amd64, 1",
    "windows/amd64 -, 1",
  })
  void theFirstThatThisMachineRunsIsChosen(String platforms, int chosen) {
    var index = index(platforms);
    assertThat(index.choose(AMD64)).isEqualTo(index.manifests().get(chosen));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux/arm64/v8 windows/amd64 unknown/unknown", "linux/amd64/v4"})
  void whereThereIsNoneThoseThereAreAreNamed(String platforms) {
    assertThatThrownBy(() -> index(platforms).choose(AMD64))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_PLATFORM))
        .hasMessageStartingWith("no matching manifest for linux/amd64 in the manifest list")
        .hasMessageContaining("it has " + platforms.split(" ")[0])
        .hasMessageNotContaining("unknown");
  }

  @Test
  void anArmMachineRunsTheVariantThatAllOfThemHave() {
    var arm = Platform.of("aarch64");
    assertThat(arm).hasToString("linux/arm64/v8");
    assertThat(arm.runs(new Platform("linux", "arm64", ""))).isTrue();
    assertThat(arm.runs(new Platform("linux", "arm64", "v8"))).isTrue();
    assertThat(arm.runs(new Platform("linux", "arm64", "v9"))).isFalse();
    assertThat(arm.runs(new Platform("linux", "arm", "v7"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.oci.image.layer.v1.tar, NONE",
    "application/vnd.oci.image.layer.v1.tar+gzip, GZIP",
    "application/vnd.oci.image.layer.v1.tar+zstd, ZSTD",
    "application/vnd.docker.image.rootfs.diff.tar.gzip, GZIP",
  })
  void layersAreTarArchives(String mediaType, LayerCompression compression) {
    assertThat(LayerCompression.of(mediaType)).isEqualTo(compression);
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip, its registry may not hold",
    "application/vnd.oci.image.layer.nondistributable.v1.tar, its registry may not hold",
    "application/vnd.in-toto+json, unknown media type",
    "'', unknown media type",
  })
  void otherLayersAreRefused(String mediaType, String why) {
    assertThatThrownBy(() -> LayerCompression.of(mediaType)).hasMessageContaining(why);
  }

  private static ImageIndex index(String platforms) {
    var entries = new StringBuilder();
    for (var platform : platforms.split(" ")) {
      var parts = (platform + "//").split("/", -1);
      entries
          .append(entries.isEmpty() ? "" : ",")
          .append("{'mediaType':'" + MediaTypes.OCI_MANIFEST + "','size':")
          .append(entries.length() + 1)
          .append(",'digest':'" + D1 + "'");
      if (!platform.equals("-")) {
        entries.append(
            ",'platform':{'os':'%s','architecture':'%s','variant':'%s'}"
                .formatted(parts[0], parts[1], parts[2]));
      }
      entries.append("}");
    }
    return (ImageIndex) parse("{'schemaVersion':2,'manifests':[" + entries + "]}", "");
  }

  private static ManifestDocument parse(String json, String contentType) {
    return ManifestDocument.parse(json.replace('\'', '"').getBytes(UTF_8), contentType);
  }
}
