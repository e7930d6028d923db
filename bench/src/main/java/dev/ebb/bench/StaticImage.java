package dev.ebb.bench;

import dev.ebb.images.testing.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// An image for the measurements.
///
/// @param archive its OCI layout as a tar file
/// @param program that it starts
record StaticImage(String name, Path archive, Path program) {
  private static final int FILES_OF_FOLDER = 20;

  /// A static program of some hundred kilobytes and nothing else.
  static StaticImage hello(Path directory) throws IOException {
    Path root = Files.createDirectories(directory.resolve("hello/root"));
    Path program = root.resolve("hello");
    Path source = Main.home().resolve("bench/src/main/native/hello.c");
    Processes.run(
        List.of("cc", "-static", "-O2", "-s", "-o", program.toString(), source.toString()));
    String name = "docker.io/ebb-bench/hello:latest";
    Path archive =
        new OciLayout(name).layer(root).entrypoint("/hello").write(directory.resolve("hello"));
    return new StaticImage(name, archive, program);
  }

  /// Layers of files of one size, of which half of the bytes can be compressed away.
  ///
  /// @param seed other bytes for each
  static Path files(Path directory, String name, int seed, int layers, int files, int kibibytes)
      throws IOException {
    Random random = new Random(seed);
    OciLayout layout = new OciLayout(name);
    for (int layer = 0; layer < layers; layer++) {
      Path root = directory.resolve("root-" + layer);
      for (int file = 0; file < files; file++) {
        byte[] bytes = new byte[kibibytes * 1024];
        random.nextBytes(bytes);
        for (int index = 0; index < bytes.length; index += 2) {
          bytes[index] = 'x';
        }
        Path folder = root.resolve("data-" + layer + "/" + file / FILES_OF_FOLDER);
        Files.write(Files.createDirectories(folder).resolve("file-" + file), bytes);
      }
      layout.layer(root);
    }
    return layout.write(directory);
  }
}
