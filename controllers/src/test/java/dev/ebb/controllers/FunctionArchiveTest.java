package dev.ebb.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionArchiveTest {
  @Test
  void aZipGivesItsFilesWithoutDirectories() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("lib/"));
      zip.putNextEntry(new ZipEntry("lib/a.py"));
      zip.write("a = 1".getBytes(UTF_8));
      zip.putNextEntry(new ZipEntry("./handler.py"));
      zip.write("x".getBytes(UTF_8));
    }

    assertThat(FunctionArchive.read(bytes.toByteArray()))
        .containsOnlyKeys("lib/a.py", "handler.py")
        .containsEntry("lib/a.py", "a = 1".getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTarGivesItsFilesWithLongNames(boolean compressed) {
    String longName = "d/".repeat(80) + "handler.py";
    byte[] tar =
        concat(
            entry("pax_global_header", 'g', "30 comment=0123456789\n"),
            entry("lib/", '5', ""),
            entry("lib/a.py", '0', "a = 1"),
            entry("PaxHeaders/x", 'x', "175 path=" + longName + "\n"),
            entry("short", '0', "one"),
            entry("././@LongLink", 'L', longName + "2\0"),
            entry("short", '0', "two"),
            new byte[1024]);

    assertThat(FunctionArchive.read(compressed ? gzip(tar) : tar))
        .containsOnlyKeys("lib/a.py", longName, longName + "2");
  }

  @Test
  void aLinkIsRefused() {
    byte[] tar = concat(entry("passwd", '2', ""), new byte[1024]);

    assertThatThrownBy(() -> FunctionArchive.read(gzip(tar)))
        .isInstanceOf(FunctionInvalidException.class)
        .hasMessageContaining("'passwd' is a link");
  }

  @Test
  void aBombIsFoundBeforeItIsUnpacked() {
    byte[] header = entry("zeros", '0', "");
    byte[] size = "77777777777".getBytes(UTF_8);
    System.arraycopy(size, 0, header, 124, size.length);

    assertThatThrownBy(() -> FunctionArchive.read(gzip(header)))
        .isInstanceOf(FunctionInvalidException.class)
        .hasMessageContaining("more than");
  }

  @Test
  void anArchiveThatEndsTooEarlyIsRefused() {
    byte[] whole = gzip(concat(entry("a", '0', "x".repeat(2000)), new byte[1024]));

    assertThatThrownBy(() -> FunctionArchive.read(Arrays.copyOf(whole, whole.length / 2)))
        .isInstanceOf(FunctionInvalidException.class)
        .hasMessageContaining("ends too early");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "not an archive"})
  void anythingElseIsRefused(String content) {
    assertThatThrownBy(() -> FunctionArchive.read(content.getBytes(UTF_8)))
        .isInstanceOf(FunctionInvalidException.class)
        .hasMessageContaining("neither a zip nor a tar.gz");
  }

  private static byte[] entry(String name, char type, String content) {
    byte[] body = content.getBytes(UTF_8);
    byte[] block = new byte[512 + (body.length + 511) / 512 * 512];
    put(block, 0, name);
    put(block, 124, "%011o".formatted(body.length));
    block[156] = (byte) type;
    put(block, 257, "ustar\00000");
    System.arraycopy(body, 0, block, 512, body.length);
    return block;
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
