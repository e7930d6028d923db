package dev.ebb.node.pods;

import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.NodeFiles;
import dev.ebb.node.NodePaths;
import dev.ebb.node.Readiness;
import dev.ebb.node.sandbox.Mount;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// The unix socket at which a function takes requests. The instance makes it in a directory that it
/// can write, where it could as well put a link to another socket of this machine, which the
/// gateway would then connect to. So the socket gets a second name where the instance cannot reach
/// it, and only when it is a socket (docs/decisions/0068). Thread-safe.
public final class FunctionSocket {
  private static final Logger LOG = System.getLogger(FunctionSocket.class.getName());

  private final Path outside;
  private volatile long bootedAt;

  FunctionSocket(Path outside) {
    this.outside = outside;
  }

  /// Where the gateway connects to.
  public Path path() {
    return outside;
  }

  /// When the runtime gave its sign of life, in nanoseconds of [System#nanoTime]; 0 when it has not
  /// been seen.
  long bootedAt() {
    return bootedAt;
  }

  /// Makes the instance's directory.
  void make(int user, int group) throws IOException {
    Path directory = Files.createDirectories(inside());
    Files.setAttribute(directory, "unix:uid", ImageOwners.BASE + user);
    Files.setAttribute(directory, "unix:gid", ImageOwners.BASE + group);
  }

  /// The instance sees its directory as that of all sockets, so that the socket's path is the same
  /// inside and outside.
  Mount mount() {
    return Mount.writable(inside(), outside.resolveSibling("").toString());
  }

  /// Asked again and again until it listens; never waits.
  boolean isListening() {
    reveal();
    return Readiness.isListening(outside);
  }

  /// Gives the socket its second name, when there is one.
  void reveal() {
    Path boot = NodePaths.boot(outside);
    if (bootedAt == 0) {
      reveal(boot, false);
      if (Files.exists(boot)) {
        bootedAt = System.nanoTime();
      }
    }
    reveal(outside, true);
  }

  private void reveal(Path place, boolean socket) {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.createLink(place, inside().resolve(place.getFileName()));
      var kind = Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (socket ? !kind.isOther() : !kind.isRegularFile()) {
        Files.delete(place);
      }
    } catch (NoSuchFileException | FileAlreadyExistsException e) {
      // Not made yet, or somebody was quicker.
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "not to be shown: " + place, e);
    }
  }

  /// Takes away what an ended run has made: the next one makes it again.
  void clear() throws IOException {
    Files.deleteIfExists(outside);
    Files.deleteIfExists(NodePaths.boot(outside));
    try (var left = Files.newDirectoryStream(inside())) {
      for (Path one : left) {
        NodeFiles.delete(one);
      }
    }
  }

  /// Idempotent.
  void delete() throws IOException {
    Files.deleteIfExists(outside);
    Files.deleteIfExists(NodePaths.boot(outside));
    NodeFiles.delete(inside());
  }

  private Path inside() {
    return outside.resolveSibling(outside.getFileName() + ".d");
  }
}
