package dev.ebb.node.volumes;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Volume;
import dev.ebb.node.NodeFiles;
import dev.ebb.node.sandbox.MemoryVolumes;
import dev.ebb.node.sandbox.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Makes the volumes of Pods, and finds what a container mounts of them. Thread-safe; blocks.
public final class Volumes {
  private static final String OWN = "volumes";
  private static final int ALL_MAY_WRITE = 0777;
  private static final int STICKY = 01777;

  /// The kubelet takes up to a minute and more. The sources are in memory here, so that a look
  /// costs microseconds.
  private static final Duration SOURCES = Duration.ofSeconds(2);

  /// A token of an hour is renewed twelve minutes before its end.
  private static final Duration TOKENS = Duration.ofMinutes(1);

  private final Path claims;
  private final HostPaths hostPaths;

  /// @param claims holds `NAMESPACE/CLAIM` of each PersistentVolumeClaim, which outlive their Pods
  public Volumes(Path claims, HostPaths hostPaths) {
    this.claims = claims;
    this.hostPaths = hostPaths;
  }

  /// What each volume of a Pod is, by name.
  ///
  /// @param directory of the Pod
  /// @throws VolumeException with the reason for the user
  public Map<String, Mount.Source> make(
      PodSpec pod, String namespace, Path directory, Projection projection) throws IOException {
    var owner = new VolumeOwner(pod.security().fsGroup());
    var made = new LinkedHashMap<String, Mount.Source>();
    for (Volume volume : pod.volumes()) {
      try {
        made.put(volume.name(), make(volume, pod, namespace, directory, projection, owner));
      } catch (VolumeException e) {
        throw new VolumeException(
            "MountVolume.SetUp failed for volume \"%s\" : %s"
                .formatted(volume.name(), e.getMessage()),
            e.permanent());
      }
    }
    return made;
  }

  private Mount.Source make(
      Volume volume,
      PodSpec pod,
      String namespace,
      Path directory,
      Projection projection,
      VolumeOwner owner)
      throws IOException {
    return switch (volume.source()) {
      case Volume.EmptyDir empty when empty.inMemory() && mounts(pod, volume.name()) == 1 ->
          new Mount.Memory(empty.sizeLimit(), STICKY);
      case Volume.EmptyDir empty -> {
        Path path = create(own(directory, volume));
        if (empty.inMemory()) {
          MemoryVolumes.mount(path, empty.sizeLimit());
        }
        owner.directory(path, ALL_MAY_WRITE);
        yield new Mount.Bind(path);
      }
      case Volume.Projected projected -> {
        Path path = create(own(directory, volume));
        owner.directory(path, STICKY);
        new ProjectedDirectory(path, owner).write(projection.files(projected));
        yield new Mount.Bind(path);
      }
      case Volume.PersistentVolumeClaim claim -> {
        Path path = claims.resolve(namespace).resolve(claim.claim());
        if (!Files.isDirectory(path)) {
          owner.directory(create(path), ALL_MAY_WRITE);
        }
        yield new Mount.Bind(path);
      }
      case Volume.HostPath host -> new Mount.Bind(hostPaths.find(host), true);
    };
  }

  /// Writes a projected volume, and takes it away.
  ///
  /// @param directory to do it in
  public void rehearse(Path directory) throws IOException {
    Path path = Files.createTempDirectory(directory, "rehearsal");
    var owner = new VolumeOwner(OptionalLong.empty());
    new ProjectedDirectory(path, owner)
        .write(Map.of("file", new Projection.Content(new byte[0], 0644)));
    NodeFiles.delete(path);
  }

  /// Writes what has changed since in the sources of projected volumes. What is missing now stays
  /// as it was.
  public void refresh(PodSpec pod, Path directory, Projection projection) throws IOException {
    var owner = new VolumeOwner(pod.security().fsGroup());
    for (Volume volume : pod.volumes()) {
      if (volume.source() instanceof Volume.Projected projected) {
        new ProjectedDirectory(own(directory, volume), owner).write(projection.files(projected));
      }
    }
  }

  /// How often to look whether anything of the Pod has changed; empty for one in which nothing can.
  public static Optional<Duration> refreshInterval(PodSpec pod) {
    return pod.volumes().stream()
        .map(Volume::source)
        .filter(Volume.Projected.class::isInstance)
        .map(Volume.Projected.class::cast)
        .map(Volumes::refreshInterval)
        .min(Comparator.naturalOrder());
  }

  private static Duration refreshInterval(Volume.Projected volume) {
    boolean slow =
        volume.projections().stream()
            .allMatch(one ->
                switch (one) {
                  case Volume.ServiceAccountToken _, Volume.DownwardApi _ -> true;
                  case Volume.ConfigMap map -> map.name().equals(ApiAccessVolume.CERTIFICATE);
                  case Volume.Secret _ -> false;
                });
    return slow ? TOKENS : SOURCES;
  }

  /// What a container mounts.
  ///
  /// @param made by [#make]
  /// @throws VolumeException when there is no such volume, or the path leads out of it
  public static Mount mount(
      PodSpec pod, Container.VolumeMount mount, Map<String, Mount.Source> made) throws IOException {
    Mount.Source source = made.get(mount.volume());
    if (source == null) {
      throw new VolumeException(
          "volume \"%s\" of %s is not in the Pod".formatted(mount.volume(), mount.mountPath()),
          true);
    }
    boolean readOnly = mount.readOnly() || isReadOnly(pod, mount.volume());
    if (mount.subPath().isEmpty()) {
      return new Mount(source, mount.mountPath(), readOnly);
    }
    if (!(source instanceof Mount.Bind(Path root, _))) {
      throw new VolumeException("a volume in memory has no subPath: " + mount.volume(), true);
    }
    return new Mount(
        new Mount.Bind(below(root, mount.subPath()), true), mount.mountPath(), readOnly);
  }

  /// Made when it is not there. Links must stay in the volume: programs of the Pod may have made
  /// them.
  private static Path below(Path root, String subPath) throws IOException {
    Path relative = Path.of(subPath);
    if (relative.isAbsolute() || Stream.of(subPath.split("/")).anyMatch(".."::equals)) {
      throw new VolumeException("subPath must be relative and without '..': " + subPath, true);
    }
    Path real = root.toRealPath();
    Path at = real;
    for (Path name : relative) {
      Path next = at.resolve(name);
      if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(next);
        Files.setAttribute(next, "unix:uid", Files.getAttribute(at, "unix:uid"));
        Files.setAttribute(next, "unix:gid", Files.getAttribute(at, "unix:gid"));
        Files.setAttribute(next, "unix:mode", 0755);
      }
      at = next.toRealPath();
      if (!at.startsWith(real)) {
        throw new VolumeException(
            "subPath \"%s\" leads out of its volume".formatted(subPath), true);
      }
    }
    return at;
  }

  private static boolean isReadOnly(PodSpec pod, String volume) {
    return pod.volumes().stream()
        .filter(one -> one.name().equals(volume))
        .anyMatch(one ->
            one.source() instanceof Volume.Projected
                || (one.source() instanceof Volume.PersistentVolumeClaim claim
                    && claim.readOnly()));
  }

  private static long mounts(PodSpec pod, String volume) {
    return Stream.concat(pod.initContainers().stream(), pod.containers().stream())
        .filter(one -> one.volumeMounts().stream().anyMatch(it -> it.volume().equals(volume)))
        .count();
  }

  /// Takes away what [#make] mounted in a Pod's directory, which can be deleted then. Idempotent.
  public static void unmount(Path directory) throws IOException {
    MemoryVolumes.unmountIn(directory.resolve(OWN));
  }

  /// The same for all Pods that a server left in its data directory.
  public static void unmountAll(Path dataDirectory) throws IOException {
    Path work = dataDirectory.resolve("work");
    if (Files.isDirectory(work)) {
      try (var pods = Files.newDirectoryStream(work)) {
        for (Path pod : pods) {
          unmount(pod);
        }
      }
    }
  }

  private static Path own(Path directory, Volume volume) {
    return directory.resolve(OWN).resolve(volume.name());
  }

  private static Path create(Path path) throws IOException {
    return Files.createDirectories(path);
  }
}
