package dev.ebb.images.testing;

import static java.util.stream.Collectors.joining;

import dev.ebb.images.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes an image as an OCI layout in a tar file (image-spec, image-layout.md), which Ebb, podman,
/// skopeo and containerd all read. Needs the commands `tar` and `gzip`. Not thread-safe.
///
/// ```java
/// var archive = new OciLayout("docker.io/me/app:v1").layer(root).entrypoint("/app").write(directory);
/// ```
public final class OciLayout {
  private final String name;
  private final List<Path> layers = new ArrayList<>();
  private List<String> entrypoint = List.of();
  private List<String> command = List.of();
  private List<String> environment = List.of();
  private Optional<String> user = Optional.empty();
  private String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";

  /// @param name with a tag, in full: `docker.io/library/nginx:latest`
  public OciLayout(String name) {
    this.name = name;
  }

  /// One more layer on top: all that is in the directory, owned by root.
  public OciLayout layer(Path root) {
    layers.add(root);
    return this;
  }

  public OciLayout entrypoint(String... words) {
    entrypoint = List.of(words);
    return this;
  }

  public OciLayout command(String... words) {
    command = List.of(words);
    return this;
  }

  /// @param variables `NAME=value`
  public OciLayout environment(String... variables) {
    environment = List.of(variables);
    return this;
  }

  public OciLayout user(String changed) {
    user = Optional.of(changed);
    return this;
  }

  /// In the words of Go; that of this machine when nothing is said.
  public OciLayout architecture(String changed) {
    architecture = changed;
    return this;
  }

  /// @param directory where `layout` and `image.tar` are made; neither is there yet
  /// @return the tar file
  public Path write(Path directory) throws IOException {
    Path layout = directory.resolve("layout");
    Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
    List<String> diffs = new ArrayList<>();
    List<String> descriptors = new ArrayList<>();
    for (Path root : layers) {
      Path tar = directory.resolve("layer.tar");
      run(
          "tar",
          "--sort=name",
          "--owner=0",
          "--group=0",
          "--numeric-owner",
          "-C",
          root.toString(),
          "-cf",
          tar.toString(),
          ".");
      diffs.add("\"" + digest(tar) + "\"");
      run("gzip", "-n", "-f", "-3", tar.toString());
      descriptors.add(
          put(
              blobs,
              directory.resolve("layer.tar.gz"),
              "application/vnd.oci.image.layer.v1.tar+gzip",
              ""));
    }
    String config =
        put(blobs, text(directory, config(diffs)), "application/vnd.oci.image.config.v1+json", "");
    String manifest =
        put(
            blobs,
            text(
                directory,
                """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                "config":%s,"layers":[%s]}\
                """
                    .formatted(config, String.join(",", descriptors))),
            "application/vnd.oci.image.manifest.v1+json",
            """
            ,"annotations":{"org.opencontainers.image.ref.name":"%1$s","io.containerd.image.name":"%1$s"}\
            """
                .formatted(name));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        layout.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(manifest));
    Path archive = directory.resolve("image.tar");
    run("tar", "-C", layout.toString(), "-cf", archive.toString(), ".");
    return archive;
  }

  private String config(List<String> diffs) {
    return """
    {"architecture":"%s","os":"linux","config":{"Entrypoint":[%s],"Cmd":[%s],"Env":[%s]%s},
    "rootfs":{"type":"layers","diff_ids":[%s]}}\
    """
        .formatted(
            architecture,
            strings(entrypoint),
            strings(command),
            strings(environment),
            user.map(text -> ",\"User\":\"" + text + "\"").orElse(""),
            String.join(",", diffs));
  }

  private static String strings(List<String> texts) {
    return texts.stream().map(text -> "\"" + text + "\"").collect(joining(","));
  }

  private static Path text(Path directory, String text) throws IOException {
    return Files.writeString(directory.resolve("blob"), text);
  }

  /// Moves a file to where its digest says, and returns its descriptor.
  private static String put(Path blobs, Path file, String mediaType, String more)
      throws IOException {
    String digest = digest(file);
    long size = Files.size(file);
    Path blob = blobs.resolve(Digest.hex(digest));
    Files.deleteIfExists(blob);
    Files.move(file, blob);
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(mediaType, digest, size, more);
  }

  private static String digest(Path file) throws IOException {
    var hash = Digest.sha256();
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), hash)) {
      Files.copy(file, out);
    }
    return Digest.of(hash);
  }

  private static void run(String... command) throws IOException {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
