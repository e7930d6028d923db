package dev.ebb.node.pods;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.Container.TerminationMessage;
import dev.ebb.node.sandbox.Mount;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/// The last words of containers: a file of the Pod's directory, which the container sees where its
/// specification says. The bounds are the kubelet's.
final class TerminationMessages {
  static final int LOG_LINES = 80;
  static final int LOG_BYTES = 2048;

  private static final Logger LOG = System.getLogger(TerminationMessages.class.getName());
  private static final int MOST_BYTES = 4096;

  private TerminationMessages() {}

  /// Makes the file, in which every user of the container can write.
  static Mount make(Path file, TerminationMessage asked) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }
    return Mount.writable(file, asked.path());
  }

  /// @param served whether it is Knative's default that counts
  /// @param log the end of its output
  static String read(
      Path file, TerminationMessage asked, boolean served, int code, Supplier<String> log) {
    String said = read(file);
    return said.isEmpty() && code != 0 && asked.orLog().orElse(served) ? log.get() : said;
  }

  /// The end of it, when it is too long.
  private static String read(Path file) {
    try (var channel = FileChannel.open(file)) {
      long from = Math.max(0, channel.size() - MOST_BYTES);
      var buffer = ByteBuffer.allocate(MOST_BYTES);
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {}
      return new String(buffer.array(), 0, buffer.position(), UTF_8);
    } catch (NoSuchFileException ofAnEarlierServer) {
      return "";
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot read " + file, e);
      return "";
    }
  }
}
