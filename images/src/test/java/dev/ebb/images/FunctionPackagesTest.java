package dev.ebb.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionPackagesTest {
  private static final FunctionPackageConfig PYTHON =
      new FunctionPackageConfig("python", "main", "handler.py");

  @TempDir Path directory;
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private FunctionPackages packages;

  @BeforeEach
  void open() {
    packages = new FunctionPackages(directory, () -> now);
  }

  @Test
  void whatIsStoredIsOpenedWithItsConfiguration() throws IOException {
    var longName = "deep/".repeat(40) + "größe.txt";
    var digest =
        packages.store(
            PYTHON, Map.of("handler.py", bytes("x = 1"), longName, bytes("ü"), "empty", bytes("")));

    var opened = new FunctionPackages(directory).open(digest);

    assertThat(opened.digest()).isEqualTo(digest);
    assertThat(opened.config()).isEqualTo(PYTHON);
    assertThat(opened.root().resolve("handler.py")).hasContent("x = 1");
    assertThat(opened.root().resolve(longName)).hasContent("ü");
    assertThat(opened.root().resolve("empty")).isEmptyFile();
  }

  @Test
  void theDigestDependsOnContentAloneAndNotOnOrder() {
    var forth = new LinkedHashMap<String, byte[]>();
    forth.put("a", bytes("1"));
    forth.put("b", bytes("2"));
    var back = new LinkedHashMap<String, byte[]>();
    back.put("b", bytes("2"));
    back.put("a", bytes("1"));

    var digest = packages.store(PYTHON, forth);
    now = now.plusSeconds(9);

    assertThat(packages.store(PYTHON, back)).isEqualTo(digest);
    assertThat(packages.store(PYTHON, Map.of("a", bytes("1")))).isNotEqualTo(digest);
    assertThat(packages.store(new FunctionPackageConfig("nodejs", "", "a"), forth))
        .isNotEqualTo(digest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a//b",
        "./a",
        "a/",
        "..",
        "a\u0000b",
        "a\nb"
      })
  void aPathThatIsNotPlainIsRefused(String path) {
    assertThatThrownBy(() -> packages.store(PYTHON, Map.of(path, bytes("x"))))
        .isInstanceOf(PackageInvalidException.class);
    assertThat(directory.resolve("blobs/sha256")).isEmptyDirectory();
  }

  @Test
  void aPathThatIsFileAndDirectoryIsRefused() {
    assertThatThrownBy(() -> packages.store(PYTHON, Map.of("a", bytes("x"), "a/b", bytes("y"))))
        .isInstanceOf(PackageInvalidException.class)
        .hasMessageContaining("'a' is a file and a directory");
  }

  @Test
  void tooManyFilesOrBytesAreRefused() {
    var limits = new PackageLimits();
    assertThatThrownBy(() -> limits.add(PackageLimits.BYTES + 1))
        .isInstanceOf(PackageInvalidException.class)
        .hasMessageContaining("256 MiB");
    var many = new LinkedHashMap<String, byte[]>();
    for (int i = 0; i <= PackageLimits.FILES; i++) {
      many.put("f" + i, bytes(""));
    }
    assertThatThrownBy(() -> packages.store(PYTHON, many)).hasMessageContaining("20000 files");
  }

  @Test
  void aMissingPackageSaysSo() {
    var absent = "sha256:" + "0".repeat(64);
    assertThatThrownBy(() -> packages.open(absent))
        .isInstanceOf(PackageMissingException.class)
        .hasMessageContaining(absent);
    assertThatThrownBy(() -> packages.open("sha256:../../etc/passwd"))
        .isInstanceOf(PackageMissingException.class);
  }

  @Test
  void aDamagedBlobIsNotUnpacked() throws IOException {
    var digest = packages.store(PYTHON, Map.of("handler.py", bytes("x = 1")));
    try (var blobs = Files.list(directory.resolve("blobs/sha256"))) {
      var largest = blobs.filter(file -> read(file).startsWith("\u001f")).findFirst().orElseThrow();
      Files.writeString(largest, "damaged");
    }
    assertThatThrownBy(() -> packages.open(digest))
        .isInstanceOf(PackageMissingException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void unpackedFilesAreReadOnlyAndGoWithTheirPackage() throws IOException {
    var kept = packages.store(PYTHON, Map.of("handler.py", bytes("1")));
    packages.open(kept);
    var gone = packages.store(PYTHON, Map.of("handler.py", bytes("2"), "lib/x.py", bytes("")));
    var goneRoot = packages.open(gone).root();
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(goneRoot.resolve("lib"))))
        .isEqualTo("r-xr-xr-x");

    packages.retainUnpacked();
    assertThat(goneRoot).as("it is in the store").isDirectory();

    var needed = packages.blobs(Set.of(kept, "sha256:" + "0".repeat(64)));
    new Blobs(directory).retain(needed, now.plusSeconds(1));
    packages.retainUnpacked();
    assertThat(goneRoot).doesNotExist();
    assertThatThrownBy(() -> packages.open(gone)).isInstanceOf(PackageMissingException.class);
    assertThat(packages.open(kept).root().resolve("handler.py")).hasContent("1");
    assertThat(directory.resolve("blobs/sha256")).isDirectoryContaining(f -> true);
  }

  @Test
  void filesUnpackedBeforeTheLastBootAreNotTrusted() throws IOException {
    var old = Files.createDirectories(directory.resolve("unpacked/another-boot/" + "0".repeat(64)));
    new FunctionPackages(directory);
    assertThat(old).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "function.ebb.dev/default/hello@sha256:%s, true",
    "function.ebb.dev/default/hello:latest, false",
    "function.ebb.dev/default/hello@sha256:12, false",
    "function.ebb.dev/Default/hello@sha256:%s, false",
    "function.ebb.dev/a/b/hello@sha256:%s, false",
    "docker.io/default/hello@sha256:%s, false"
  })
  void onlyPackageNamesAreFunctionImages(String form, boolean expected) {
    var image = form.replace("%s", "ab".repeat(32));
    var parsed = FunctionImage.parse(image);
    assertThat(parsed.isPresent()).isEqualTo(expected);
    parsed.ifPresent(found -> assertThat(found).hasToString(image));
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
