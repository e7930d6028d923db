package dev.ebb.images.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which manifests the registry keeps, and for how long.
class RegistryCollectionTest {
  private static final Repository SHOP = new Repository("shop/app");
  private static final Repository GONE = new Repository("gone/team/app");
  private static final Repository CLUSTER = new Repository("base");
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Registry registry;

  @BeforeEach
  void open() throws IOException {
    registry = new Registry(directory, new Blobs(directory), () -> now);
  }

  @Test
  void whatLostItsTagGoesAfterAWhile() {
    var old = push(SHOP, "v1", "old");
    now = now.plus(Duration.ofDays(40));
    var present = push(SHOP, "v1", "new");

    assertThat(collect(Set.of())).as("it lost its tag just now").isEmpty();
    now = now.plus(Duration.ofDays(31));
    assertThat(collect(Set.of())).containsExactly("registry.ebb.dev/shop/app@" + old);

    assertThat(registry.manifests().find(SHOP, old)).isEmpty();
    assertThat(registry.manifests().find(SHOP, "v1")).contains(present);
    registry.collect();
    assertThat(registry.digests()).contains(present).doesNotContain(old, digest("old"));
  }

  @Test
  void whatIsUsedOrWasAskedForStays() {
    var used = push(SHOP, "v1", "used");
    var pulled = push(SHOP, "v2", "pulled");
    var stray = push(SHOP, "v3", "stray");
    List.of("v1", "v2", "v3").forEach(tag -> registry.manifests().delete(SHOP, tag));
    now = now.plus(Duration.ofDays(31));
    registry.manifests().get(SHOP, pulled);

    assertThat(collect(Set.of(used))).containsExactly("registry.ebb.dev/shop/app@" + stray);
    assertThat(registry.manifests().find(SHOP, used)).isPresent();
    assertThat(registry.manifests().find(SHOP, pulled)).isPresent();
  }

  @Test
  void anIndexKeepsItsImagesAndASubjectWhatRefersToIt() {
    var child = pushUntagged(SHOP, image("child", ""), OCI);
    var size = registry.manifests().get(SHOP, child).bytes().length;
    var index =
        put(
            SHOP,
            "v1",
            """
            {"schemaVersion":2,"mediaType":"%s","manifests":[
            {"mediaType":"%s","digest":"%s","size":%d}]}\
            """
                .formatted(INDEX, OCI, child, size),
            INDEX);
    var signature = pushUntagged(SHOP, image("signature", index), OCI);
    var ofSignature = pushUntagged(SHOP, image("of signature", signature), OCI);
    now = now.plus(Duration.ofDays(31));
    assertThat(collect(Set.of())).isEmpty();

    registry.manifests().delete(SHOP, "v1");
    now = now.plus(Duration.ofDays(31));
    assertThat(collect(Set.of()))
        .extracting(name -> name.substring(name.indexOf('@') + 1))
        .containsExactlyInAnyOrder(child, index, signature, ofSignature);
    assertThat(registry.manifests().referrers(SHOP, index, "", "", 10).items()).isEmpty();
    now = now.plus(Duration.ofDays(2));
    registry.collect();
    assertThat(directory.resolve("repositories/shop")).doesNotExist();
  }

  @Test
  void repositoriesOfNamespacesThatAreGoneGoButNotWhatRuns() {
    var gone = push(GONE, "v1", "gone");
    var runs = push(GONE, "v2", "runs");
    var cluster = push(CLUSTER, "v1", "cluster");
    assertThat(collect(Set.of(runs))).as("young").isEmpty();
    now = now.plus(Duration.ofDays(31));

    assertThat(collect(Set.of(runs))).containsExactly("registry.ebb.dev/gone/team/app@" + gone);
    assertThat(registry.manifests().find(GONE, "v1")).isEmpty();
    assertThat(registry.manifests().tags(GONE, "", 10).items()).containsExactly("v2");
    assertThat(registry.manifests().find(CLUSTER, "v1")).contains(cluster);

    collect(Set.of());
    registry.collect();
    assertThat(registry.repositories(it -> true, "", 10).items()).containsExactly(CLUSTER);
  }

  @Test
  void whereAManifestIsDamagedAllOfItsRepositoryStays() throws IOException {
    var damaged = push(SHOP, "v1", "damaged");
    var stray = push(SHOP, "v2", "stray");
    registry.manifests().delete(SHOP, "v2");
    var other = pushUntagged(CLUSTER, image("other", ""), OCI);
    Files.writeString(directory.resolve("blobs/sha256").resolve(Digest.hex(damaged)), "{");
    now = now.plus(Duration.ofDays(31));

    assertThat(collect(Set.of())).containsExactly("registry.ebb.dev/base@" + other);
    assertThat(registry.manifests().find(SHOP, stray)).isPresent();
  }

  private List<String> collect(Set<String> used) {
    return registry.collectUnnamed("shop"::equals, used, now.minus(Duration.ofDays(30)));
  }

  private String push(Repository repository, String tag, String layer) {
    upload(repository, "{}");
    upload(repository, layer);
    return put(repository, tag, image(layer, ""), OCI);
  }

  private String pushUntagged(Repository repository, String manifest, String type) {
    upload(repository, "{}");
    for (var layer : List.of("child", "signature", "of signature", "other")) {
      upload(repository, layer);
    }
    return put(repository, digest(manifest), manifest, type);
  }

  private String put(Repository repository, String reference, String manifest, String type) {
    return registry
        .manifests()
        .put(repository, reference, List.of(), type, manifest.getBytes(StandardCharsets.UTF_8))
        .digest();
  }

  private void upload(Repository repository, String content) {
    var uploads = registry.uploads();
    var bytes = content.getBytes(StandardCharsets.UTF_8);
    uploads.finish(
        repository,
        uploads.begin(repository),
        UploadChunk.of(new ByteArrayInputStream(bytes)),
        digest(content));
  }

  private static String image(String layer, String subject) {
    return """
    {"schemaVersion":2,"mediaType":"%s",
    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]%s}\
    """
        .formatted(
            OCI,
            digest("{}"),
            digest(layer),
            layer.length(),
            subject.isEmpty()
                ? ""
                : ",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":2}"
                    .formatted(INDEX, subject));
  }

  private static String digest(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
