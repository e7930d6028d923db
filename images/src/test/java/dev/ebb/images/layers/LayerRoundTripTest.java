package dev.ebb.images.layers;

import static dev.ebb.images.layers.TarBytes.tar;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.LayerCompression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Random trees, written by GNU tar and unpacked, are the same trees; and random archives are what
/// a model says. A dozen of each, hundreds with `-Debb.long=true`; the number of a failure is its
/// seed.
class LayerRoundTripTest {
  private static final boolean LONG = Boolean.getBoolean("ebb.long");
  private static final LayerLimits LIMITS =
      new LayerLimits(1 << 30, 100_000, 1_000_000, 1 << 30, 1 << 30, 0);

  @TempDir Path directory;
  private Unpacking unpacking;

  @BeforeEach
  void aHome() throws IOException {
    unpacking = Unpacking.below(directory);
  }

  @AfterEach
  void noDescriptorIsLeft() throws IOException {
    try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (var descriptor : open) {
        if (Files.isSymbolicLink(descriptor)) {
          assertThat(Files.readSymbolicLink(descriptor).toString())
              .doesNotContain(directory.toString());
        }
      }
    }
    LayerTrees.delete(unpacking.home);
    LayerTrees.delete(directory.resolve("tree"));
  }

  @ParameterizedTest
  @CsvSource({
    "--format=ustar, 15, false",
    "--format=oldgnu, 250, false",
    "--format=gnu, 250, false",
    "--format=gnu --sparse, 250, false",
    "--format=pax, 250, true",
    "--format=pax --sparse --sparse-version=0.0, 250, true",
    "--format=pax --sparse --sparse-version=0.1, 250, true",
    "--format=pax --sparse --sparse-version=1.0, 250, true"
  })
  void aTreeComesOutAsItWentIn(String form, int longestName, boolean nanos) throws Exception {
    for (int seed = 0; seed < (LONG ? 50 : 2); seed++) {
      var tree = Files.createDirectory(directory.resolve("tree"));
      // Old forms have no place for long paths: there all files are in one directory.
      RandomTree.make(tree, new Random(seed), longestName < 250 ? 12 : 80, longestName);
      var archive = directory.resolve("layer.tar");
      List<String> command = new ArrayList<>(List.of("tar", "--numeric-owner", "--sort=name"));
      command.addAll(List.of(form.split(" ")));
      command.addAll(List.of("-C", tree.toString(), "-cf", archive.toString(), "."));
      run(command);
      var bytes = Files.readAllBytes(archive);
      var diffId = Digest.of(bytes);

      unpacking.unpack(bytes, LayerCompression.NONE, diffId, LIMITS);

      boolean shifted = LinuxFiles.isRoot();
      assertThat(RandomTree.describe(unpacking.layer, shifted ? ImageOwners.BASE : 0, nanos))
          .as("%s, seed %d", form, seed)
          .isEqualTo(RandomTree.describe(tree, 0, nanos));
      again();
      var cut = Arrays.copyOf(bytes, new Random(seed).nextInt(bytes.length));
      assertThatThrownBy(() -> unpacking.unpack(cut, LayerCompression.NONE, diffId, LIMITS))
          .isInstanceOf(ImageException.class);
      again();
      LayerTrees.delete(tree);
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, LONG ? 1000 : 12);
  }

  /// Files, directories, whiteouts and opaque directories in any order, over few names.
  @ParameterizedTest
  @MethodSource("seeds")
  void entriesDoWhatTheModelSays(int seed) throws IOException {
    var random = new Random(seed);
    var archive = tar();
    var model = new TreeMap<String, String>();
    boolean hidesAll = false;
    for (int step = 0; step < 25; step++) {
      var path = path(random);
      if (!hasPlace(model, path)) {
        continue;
      }
      int slash = path.lastIndexOf('/');
      var parent = slash < 0 ? "" : path.substring(0, slash);
      var whiteout = path.substring(0, slash + 1) + ".wh." + path.substring(slash + 1);
      switch (random.nextInt(4)) {
        case 0 -> {
          archive.file(path, "" + step);
          makeDirectories(model, parent);
          remove(model, path);
          model.put(path, "f:" + step);
        }
        case 1 -> {
          archive.directory(path + "/");
          makeDirectories(model, path);
        }
        case 2 -> {
          archive.file(whiteout, "");
          makeDirectories(model, parent);
          model.merge(path, "w", (there, white) -> there.startsWith("d") ? "d opaque" : there);
        }
        default -> {
          archive.file((parent.isEmpty() ? "" : parent + "/") + ".wh..wh..opq", "");
          if (parent.isEmpty()) {
            hidesAll = true;
          } else {
            makeDirectories(model, parent);
            model.put(parent, "d opaque");
          }
        }
      }
    }
    var bytes = archive.end();
    var result = unpacking.unpack(bytes);

    assertThat(unpacking.tree()).as("seed %d", seed).isEqualTo(model);
    assertThat(result.opaque()).isEqualTo(hidesAll);
    unpacking.nothingOutsideIsTouched();
  }

  private static String path(Random random) {
    var path = new StringBuilder();
    for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
      path.append(path.isEmpty() ? "" : "/").append("abc".charAt(random.nextInt(3)));
    }
    return path.toString();
  }

  /// Nothing can be made below a file.
  private static boolean hasPlace(Map<String, String> model, String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (model.getOrDefault(path.substring(0, slash), "d").startsWith("f")) {
        return false;
      }
    }
    return true;
  }

  /// A directory in the place of a whiteout hides what is below it.
  private static void makeDirectories(Map<String, String> model, String path) {
    for (int end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      var directory = end < 0 ? path : path.substring(0, end);
      if (!directory.isEmpty()) {
        model.merge(
            directory,
            "d",
            (there, made) -> there.equals("w") ? "d opaque" : there.startsWith("d") ? there : made);
      }
      if (end < 0) {
        return;
      }
    }
  }

  private static void remove(Map<String, String> model, String path) {
    model.keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
  }

  private void again() throws IOException {
    LayerTrees.delete(unpacking.home);
    Files.deleteIfExists(directory.resolve("secret"));
    unpacking = Unpacking.below(directory);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
