package dev.ebb.images.layers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Extended attributes of all namespaces, which Java reads of `user.` alone.
final class Attributes {
  private Attributes() {}

  /// As `getfattr` prints them: `trusted.overlay.opaque="y"`.
  static String of(Path path) throws IOException {
    return python(
        """
        import os, sys
        for name in os.listxattr(sys.argv[1], follow_symlinks=False):
            print(name, os.getxattr(sys.argv[1], name, follow_symlinks=False).hex())
        """,
        path);
  }

  /// The directories below one that hide what is below them in an overlay, one a line.
  static List<String> opaque(Path root) throws IOException {
    return python(
            """
            import os, sys
            for path, directories, files in os.walk(sys.argv[1]):
                if any(name.endswith('.overlay.opaque') for name in os.listxattr(path)):
                    print(os.path.relpath(path, sys.argv[1]))
            """,
            root)
        .lines()
        .toList();
  }

  private static String python(String program, Path path) throws IOException {
    var python =
        new ProcessBuilder("python3", "-c", program, path.toString())
            .redirectErrorStream(true)
            .start();
    return new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
