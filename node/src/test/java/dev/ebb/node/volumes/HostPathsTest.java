package dev.ebb.node.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.dataplane.Volume;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPathsTest {
  @TempDir Path temporary;
  private Path root;
  private HostPaths paths = HostPaths.NONE;

  @BeforeEach
  void tree() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "files get other owners");
    root = temporary.toRealPath();
    Path open = Files.createDirectory(root.resolve("open"));
    Files.createDirectories(root.resolve("openly"));
    Files.createDirectory(open.resolve("dir"));
    Files.writeString(open.resolve("file"), "x");
    Files.createSymbolicLink(open.resolve("out"), root);
    Files.createSymbolicLink(open.resolve("in"), open.resolve("dir"));
    Files.createSymbolicLink(open.resolve("nowhere"), root.resolve("nothing"));
    Files.createSymbolicLink(root.resolve("link"), open);
    paths = new HostPaths(List.of(root.resolve("link"), root.resolve("missing")));
  }

  private Path find(String path, String type) throws IOException {
    return paths.find(new Volume.HostPath(root + "/" + path, type));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # path,          type,              found
          open,            Directory,         open
          link/dir,        Directory,         open/dir
          open/in,         Directory,         open/dir
          open/dir,        '',                open/dir
          open/file,       File,              open/file
          open/a/b,        DirectoryOrCreate, open/a/b
          open/c,          '',                open/c
          open/dir,        DirectoryOrCreate, open/dir
          open/new,        FileOrCreate,      open/new
          open/in/new,     FileOrCreate,      open/dir/new
          """)
  void whatIsBelowAnAllowedPathIsFoundWhereItReallyIs(String path, String type, String found)
      throws IOException {
    assertThat(find(path, type)).isEqualTo(root.resolve(found)).exists();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # path,          type,              why
          '',              Directory,         is not allowed on this machine
          openly,          Directory,         is not allowed on this machine
          open/out,        Directory,         is not allowed on this machine
          open/out/openly, Directory,         is not allowed on this machine
          open/out/made,   DirectoryOrCreate, is not allowed on this machine
          open/nowhere,    FileOrCreate,      is not allowed on this machine
          missing/dir,     DirectoryOrCreate, is not allowed on this machine
          open/../openly,  Directory,         without '..'
          open/file,       Directory,         hostPath type check failed
          open/dir,        File,              is not a file
          open/file,       Socket,            is not a socket file
          open/absent,     Socket,            is not a socket file
          open/absent,     Directory,         is not a directory
          open/absent,     File,              is not a file
          open/file,       CharDevice,        instances get no devices
          """)
  void everythingElseIsRefused(String path, String type, String why) {
    assertThatThrownBy(() -> find(path, type))
        .isInstanceOf(VolumeException.class)
        .hasMessageContaining(why);
    assertThat(root.resolve("made")).doesNotExist();
    assertThat(root.resolve("nothing")).doesNotExist();
  }

  @Test
  void aSocketIsFound() throws IOException {
    Path socket = root.resolve("open/s");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      assertThat(find("open/s", "Socket")).isEqualTo(socket);
    }
  }
}
