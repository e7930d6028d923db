package dev.ebb.images.layers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Extended attributes of all namespaces, which Java reads of `user.` alone.
final class Attributes {
  private Attributes() {}

  /// As `getfattr` prints them: `trusted.overlay.opaque="y"`.
  static String names(Path path) throws IOException {
    var python =
        new ProcessBuilder(
                "python3",
                "-c",
                "import os,sys\n"
                    + "for n in os.listxattr(sys.argv[1],follow_symlinks=False):\n"
                    + " print(n, os.getxattr(sys.argv[1],n,follow_symlinks=False).hex())",
                path.toString())
            .redirectErrorStream(true)
            .start();
    return new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
