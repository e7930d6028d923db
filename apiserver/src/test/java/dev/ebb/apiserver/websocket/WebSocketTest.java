package dev.ebb.apiserver.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketTest {
  private static final byte[] MASK = {1, 2, 3, 4};

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  /// @param head the first byte of the frame, in hexadecimal
  private static byte[] frame(String head, byte[] body) {
    int extra = body.length < 126 ? 0 : body.length < 1 << 16 ? 2 : 8;
    ByteBuffer frame = ByteBuffer.allocate(6 + extra + body.length);
    frame.put((byte) HexFormat.fromHexDigits(head));
    switch (extra) {
      case 0 -> frame.put((byte) (0x80 | body.length));
      case 2 -> frame.put((byte) 0xfe).putShort((short) body.length);
      default -> frame.put((byte) 0xff).putLong(body.length);
    }
    frame.put(MASK);
    for (int i = 0; i < body.length; i++) {
      frame.put((byte) (body[i] ^ MASK[i % 4]));
    }
    return frame.array();
  }

  private static byte[] frame(String head, String body) {
    return frame(head, body.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private WebSocket socket(byte[]... frames) {
    return new WebSocket(new ByteArrayInputStream(join(frames)), output);
  }

  /// All pieces until the close: `<` begins a message and `>` ends it.
  private static String readAll(WebSocket socket) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Optional<WebSocket.Piece> piece = socket.read();
        piece.isPresent();
        piece = socket.read()) {
      all.append(piece.get().first() ? "<" : "")
          .append(new String(piece.get().bytes(), StandardCharsets.UTF_8))
          .append(piece.get().last() ? ">" : "");
    }
    return all.toString();
  }

  @Test
  void theExampleOfTheSpecification() {
    assertThat(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ=="))
        .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }

  static Stream<Arguments> messages() {
    byte[] close = frame("88", new byte[] {3, (byte) 0xe8});
    String large = "x".repeat(70_000);
    return Stream.of(
        Arguments.of("<hello>", join(frame("82", "hello"), close)),
        Arguments.of("<a><b>", join(frame("82", "a"), frame("81", "b"), close)),
        Arguments.of("<abc>", join(frame("02", "a"), frame("00", "b"), frame("80", "c"), close)),
        Arguments.of("<a>", join(frame("02", ""), frame("00", "a"), frame("80", ""), close)),
        Arguments.of("<>", join(frame("82", ""), close)),
        Arguments.of("<" + large + ">", join(frame("82", large), close)),
        Arguments.of("<ab>", join(frame("02", "a"), frame("89", "?"), frame("80", "b"), close)),
        Arguments.of("<a>", join(frame("8a", "unasked"), frame("82", "a"), close)),
        Arguments.of("", frame("88", "")));
  }

  @ParameterizedTest
  @MethodSource
  void messages(String expected, byte[] input) throws Exception {
    assertThat(readAll(socket(input))).isEqualTo(expected);
    assertThat(output.toByteArray()).endsWith(0x88, 0x02, 0x03, 0xe8);
  }

  @Test
  void aPingIsAnsweredWithItsBytes() throws Exception {
    readAll(socket(frame("89", "yes?"), frame("88", "")));
    assertThat(output.toByteArray()).startsWith(0x8a, 4, 'y', 'e', 's', '?');
  }

  static Stream<Arguments> malformed() {
    byte[] unmasked = {(byte) 0x82, 1, 'a'};
    return Stream.of(
        Arguments.of("not masked", unmasked),
        Arguments.of("reserved bits", frame("c2", "a")),
        Arguments.of("an unknown opcode", frame("83", "a")),
        Arguments.of("an unknown control opcode", frame("8b", "a")),
        Arguments.of("a continuation of nothing", frame("80", "a")),
        Arguments.of("a message in a message", join(frame("02", "a"), frame("82", "b"))),
        Arguments.of("a ping in pieces", frame("09", "a")),
        Arguments.of("a ping that is too long", frame("89", "x".repeat(126))),
        Arguments.of("half a close code", frame("88", "x")),
        Arguments.of("a length with its sign", hex("82ff8000000000000000")),
        Arguments.of("a length longer than needed", hex("82fe007d01020304")),
        Arguments.of("a length much longer than needed", hex("82ff000000000000ffff01020304")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void malformed(String name, byte[] input) {
    assertThatThrownBy(() -> readAll(socket(input))).isInstanceOf(WebSocketException.class);
    assertThat(output.toByteArray()).startsWith(0x88).contains(0x03, 0xea);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 6, 10})
  void cut(int length) {
    byte[] input = Arrays.copyOf(frame("82", "hello"), length);
    assertThatThrownBy(() -> readAll(socket(input))).isInstanceOf(EOFException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 125, 126, 65_535, 65_536})
  void lengthsAreWrittenInTheirShortestForm(int length) throws Exception {
    WebSocket socket = socket();
    socket.writeBinary(new byte[length], 0, length);
    int extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    assertThat(output.size()).isEqualTo(2 + extra + length);
  }

  @Test
  void nothingIsWrittenAfterAClose() throws Exception {
    WebSocket socket = socket();
    socket.close();
    socket.close();
    assertThat(output.size()).isEqualTo(4);
    assertThatThrownBy(() -> socket.writeText("late")).isInstanceOf(IOException.class);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
