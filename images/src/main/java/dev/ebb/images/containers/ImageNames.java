package dev.ebb.images.containers;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.ebb.images.Digest;
import dev.ebb.images.containers.NamedImage.Origin;
import dev.ebb.images.distribution.ImageReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What images are called here, and which one each name means now: of pulled, pushed and loaded
/// images alike. What has a name here keeps its content; what has none is collected.
///
/// One small file for each name, `names/HEX`, on the disk before [#put] returns; its time of change
/// is when the name was last used. All are in memory too, so reading costs nothing. Thread-safe
/// within one process. Failures of the file system are [UncheckedIOException].
public final class ImageNames {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;
  private final InstantSource clock;
  private final Map<ImageReference, NamedImage> names = new ConcurrentHashMap<>();

  /// @param parent directory of the images; `names` is made in it
  public ImageNames(Path parent, InstantSource clock) {
    this.clock = clock;
    try {
      directory = Files.createDirectories(parent.resolve("names"));
      try (var files = Files.newDirectoryStream(directory)) {
        for (var file : files) {
          if (file.getFileName().toString().startsWith(".")) {
            Files.delete(file); // Half written by a server that was killed.
          } else {
            var image = read(file);
            names.put(image.reference(), image);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Optional<NamedImage> find(ImageReference reference) {
    return Optional.ofNullable(names.get(reference));
  }

  /// All names, sorted.
  public List<NamedImage> list() {
    return names.values().stream()
        .sorted(Comparator.comparing(image -> image.reference().toString()))
        .toList();
  }

  /// Gives a name to what is in the content store; the name means nothing else from now on.
  public synchronized NamedImage put(ImageReference reference, String digest, Origin origin) {
    var now = clock.instant();
    var known = names.get(reference);
    if (known != null && known.digest().equals(digest) && known.origin() == origin) {
      used(reference);
      return known;
    }
    var image = new NamedImage(reference, digest, origin, now, now);
    try {
      write(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    names.put(reference, image);
    return image;
  }

  /// Notes that an image was used just now, which keeps it from being collected for a while.
  public synchronized void used(ImageReference reference) {
    var image = names.get(reference);
    if (image == null) {
      return;
    }
    var used = image.usedAt(clock.instant());
    try {
      Files.setLastModifiedTime(file(reference), FileTime.from(used.lastUsed()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    names.put(reference, used);
  }

  /// @return whether there was such a name
  public synchronized boolean remove(ImageReference reference) {
    try {
      Files.deleteIfExists(file(reference));
      force();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names.remove(reference) != null;
  }

  /// The names of one image.
  List<NamedImage> withDigest(String digest) {
    return names.values().stream().filter(image -> image.digest().equals(digest)).toList();
  }

  Set<String> digests() {
    return names.values().stream().map(NamedImage::digest).collect(Collectors.toSet());
  }

  private Path file(ImageReference reference) {
    return directory.resolve(
        Digest.hex(Digest.of(reference.toString().getBytes(StandardCharsets.UTF_8))));
  }

  private void write(NamedImage image) throws IOException {
    var json =
        JSON.createObjectNode()
            .put("reference", image.reference().toString())
            .put("digest", image.digest())
            .put("origin", image.origin().name())
            .put("created", image.created().toString());
    var file = file(image.reference());
    var temporary = directory.resolve("." + file.getFileName());
    Files.deleteIfExists(temporary);
    try (var channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
      var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(json));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.setLastModifiedTime(temporary, FileTime.from(image.lastUsed()));
    Files.move(temporary, file, ATOMIC_MOVE);
    force();
  }

  private static NamedImage read(Path file) throws IOException {
    try {
      var json = JSON.readTree(Files.readAllBytes(file));
      return new NamedImage(
          ImageReference.parse(json.path("reference").asString("")),
          json.path("digest").asString(""),
          Origin.valueOf(json.path("origin").asString("")),
          Instant.parse(json.path("created").asString("")),
          Files.getLastModifiedTime(file).toInstant());
    } catch (JacksonException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException(file + " does not say what an image is called", e);
    }
  }

  private void force() throws IOException {
    try (var channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }
}
