package dev.ebb.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupFilesTest {
  @TempDir Path directory;

  @Test
  void readsAllDigitsOfAKernelSetting() throws Exception {
    Process cat = new ProcessBuilder("cat", "/proc/sys/kernel/pid_max").start();
    String all = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(CgroupFiles.number(Path.of("/proc/sys/kernel/pid_max")))
        .isEqualTo(Long.parseLong(all.strip()));
  }

  @Test
  void whatIsNoNumberIsZero() throws Exception {
    assertThat(CgroupFiles.number(directory.resolve("none"))).isZero();
    assertThat(CgroupFiles.number(Files.writeString(directory.resolve("word"), "max\n"))).isZero();
    assertThat(CgroupFiles.number(Files.writeString(directory.resolve("empty"), ""))).isZero();
  }
}
