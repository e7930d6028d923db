package dev.ebb.images.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// With which credentials a registry gave an image, so that its content, which is here, is not run
/// by those whom the registry would refuse: as the kubelet's `ImagePulledRecord`, for each
/// repository and digest.
///
/// One small file for each, `proofs/HEX`, all in memory too: asking costs a hash for each
/// credential. Of credentials only a hash is kept, with a key of this data directory. A proof that
/// is lost only costs a question to the registry, so nothing is forced to the disk. Thread-safe
/// within one process.
///
/// @see <a href="https://kep.k8s.io/2535">KEP-2535: ensure secret pulled images</a>
public final class ImageProofs {
  private static final JsonMapper JSON = new JsonMapper();

  /// Of one image; the oldest goes. More have to ask their registry more often.
  private static final int CREDENTIALS = 64;

  private static final int KEY_BYTES = 32;
  private static final String KEY = ".key";

  /// @param anybody whether it was given without a credential
  private record Proof(boolean anybody, List<String> credentials) {
    Proof {
      credentials = List.copyOf(credentials);
    }
  }

  private final Path directory;
  private final byte[] key;
  private final Map<String, Proof> proofs = new ConcurrentHashMap<>();

  /// @param parent directory of the images; `proofs` is made in it
  public ImageProofs(Path parent) throws IOException {
    directory = Files.createDirectories(parent.resolve("proofs"));
    key = key(directory.resolve(KEY));
    try (var files = Files.newDirectoryStream(directory)) {
      for (var file : files) {
        if (!file.getFileName().toString().equals(KEY)) {
          read(file);
        }
      }
    }
  }

  /// Whether a registry gave the image to anybody, or for one of these credentials. What the
  /// credentials are for does not matter: who has the same ones could say so.
  ///
  /// @param image with a digest
  boolean has(ImageReference image, PullCredentials credentials) {
    var proof = proofs.get(name(image));
    return proof != null
        && (proof.anybody
            || credentials.entries().stream()
                .anyMatch(entry -> proof.credentials.contains(hash(entry.credential()))));
  }

  /// @param image with a digest
  /// @param credential that it was given for; empty for none
  synchronized void add(ImageReference image, Optional<Credential> credential) {
    var name = name(image);
    var known = proofs.getOrDefault(name, new Proof(false, List.of()));
    List<String> credentials = new ArrayList<>(known.credentials);
    credential
        .map(this::hash)
        .ifPresent(hash -> {
          credentials.remove(hash);
          credentials.add(hash);
        });
    int more = Math.max(0, credentials.size() - CREDENTIALS);
    var proof =
        new Proof(
            known.anybody || credential.isEmpty(), credentials.subList(more, credentials.size()));
    if (!proof.equals(known)) {
      write(name, proof);
      proofs.put(name, proof);
    }
  }

  /// Forgets the proofs for other digests.
  synchronized void retain(Predicate<String> digests) {
    proofs
        .keySet()
        .removeIf(name -> {
          boolean gone = !digests.test(name.substring(name.indexOf('@') + 1));
          if (gone) {
            try {
              Files.deleteIfExists(file(name));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return gone;
        });
  }

  private static String name(ImageReference image) {
    return image.name() + "@" + image.digest().orElseThrow();
  }

  private Path file(String name) {
    return directory.resolve(Digest.hex(Digest.of(name.getBytes(UTF_8))));
  }

  private String hash(Credential credential) {
    var hash = Digest.sha256();
    hash.update(key);
    for (var part :
        List.of(credential.username(), credential.password(), credential.identityToken())) {
      add(hash, part.getBytes(UTF_8));
    }
    return Digest.of(hash);
  }

  /// With its length, so that no two credentials make the same bytes.
  private static void add(MessageDigest hash, byte[] part) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      hash.update((byte) (part.length >>> shift));
    }
    hash.update(part);
  }

  private void write(String name, Proof proof) {
    var json = JSON.createObjectNode().put("image", name).put("anybody", proof.anybody);
    var list = json.putArray("credentials");
    proof.credentials.forEach(list::add);
    var file = file(name);
    var temporary = directory.resolve("." + file.getFileName());
    try {
      Files.write(temporary, JSON.writeValueAsBytes(json));
      Files.move(temporary, file, ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is damaged, or half written by a server that was killed, proves nothing.
  private void read(Path file) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      Files.delete(file);
      return;
    }
    var name = json.path("image").asString("");
    if (!file.equals(file(name))) {
      Files.delete(file);
      return;
    }
    List<String> credentials = new ArrayList<>();
    json.path("credentials").forEach(hash -> credentials.add(hash.asString("")));
    proofs.put(name, new Proof(json.path("anybody").asBoolean(false), credentials));
  }

  /// A key that is lost makes the proofs of credentials worthless, which only costs questions.
  private static byte[] key(Path file) throws IOException {
    if (Files.exists(file)) {
      var known = Files.readAllBytes(file);
      if (known.length == KEY_BYTES) {
        return known;
      }
    }
    var fresh = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(fresh);
    var temporary = file.resolveSibling(".new");
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(temporary, fresh);
    Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
    return fresh;
  }
}
