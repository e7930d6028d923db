package dev.ebb.apiserver.spdy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Adler32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class SpdySessionTest {
  private static final int SYN_STREAM = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 9;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final List<SpdyStream> streams = new ArrayList<>();

  /// The frames of a client whose headers are compressed in one context.
  private static final class Client {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final SpdyHeaders headers = new SpdyHeaders();

    Client control(int type, int flags, byte... body) {
      bytes.writeBytes(frame(0x8003_0000 | type, flags, body));
      return this;
    }

    Client numbers(int type, int... numbers) {
      ByteBuffer body = ByteBuffer.allocate(4 * numbers.length);
      for (int number : numbers) {
        body.putInt(number);
      }
      return control(type, 0, body.array());
    }

    Client open(int stream, Map<String, String> fields) {
      byte[] block = headers.write(fields);
      return control(
          SYN_STREAM,
          0,
          ByteBuffer.allocate(10 + block.length).putInt(stream).position(10).put(block).array());
    }

    Client data(int stream, boolean fin, String text) {
      bytes.writeBytes(frame(stream, fin ? 1 : 0, text.getBytes(StandardCharsets.UTF_8)));
      return this;
    }

    static byte[] frame(int first, int flags, byte... body) {
      return ByteBuffer.allocate(8 + body.length)
          .putInt(first)
          .putInt(flags << 24 | body.length)
          .put(body)
          .array();
    }
  }

  private SpdySession session(byte[] input, SpdyLimits limits) {
    return new SpdySession(new ByteArrayInputStream(input), output, limits, streams::add);
  }

  private List<SpdyFrame> answers() throws IOException {
    List<SpdyFrame> frames = new ArrayList<>();
    ByteArrayInputStream sent = new ByteArrayInputStream(output.toByteArray());
    SpdyReader reader = new SpdyReader(sent, new SpdyHeaders());
    for (Optional<SpdyFrame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
      frames.add(frame.get());
      if (frame.get() instanceof SpdyFrame.Data(int _, boolean _, int length)) {
        sent.skipNBytes(length);
      }
    }
    return frames;
  }

  @Test
  void theDictionaryIsThatOfTheSpecification() {
    Adler32 sum = new Adler32();
    sum.update(SpdyDictionary.get());
    assertThat(SpdyDictionary.get()).hasSize(1423);
    assertThat(sum.getValue()).isEqualTo(0xe3c6a7c2L);
  }

  @Test
  void headersOfManyStreamsShareOneContext() throws Exception {
    Client client =
        new Client()
            .open(1, Map.of("streamType", "error", "port", "8080", "requestID", "0"))
            .open(3, Map.of("streamType", "data", "port", "8080", "requestID", "0"));
    session(client.bytes.toByteArray(), SpdyLimits.DEFAULT).run();
    assertThat(streams)
        .extracting(SpdyStream::headers)
        .containsExactly(
            Map.of("streamtype", "error", "port", "8080", "requestid", "0"),
            Map.of("streamtype", "data", "port", "8080", "requestid", "0"));
  }

  @Test
  void dataArriveInOrderAndEndWithFin() throws Exception {
    Client client =
        new Client().open(1, Map.of("a", "b")).data(1, false, "one ").data(1, true, "two");
    SpdySession session = session(client.bytes.toByteArray(), SpdyLimits.DEFAULT);
    session.run();
    // The session ended with the input, but what had come whole is there to be read.
    assertThat(streams.getFirst().input().readAllBytes()).asString().isEqualTo("one two");
  }

  @Test
  void aStreamThatDidNotEndFailsWithTheSession() throws Exception {
    Client client = new Client().open(1, Map.of("a", "b"));
    session(client.bytes.toByteArray(), SpdyLimits.DEFAULT).run();
    assertThatThrownBy(() -> streams.getFirst().input().read()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> streams.getFirst().output().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void oddPingsAreAnswered() throws Exception {
    session(new Client().numbers(PING, 7).numbers(PING, 8).bytes.toByteArray(), SpdyLimits.DEFAULT)
        .run();
    assertThat(answers()).containsExactly(new SpdyFrame.Ping(7));
  }

  @Test
  void tooManyStreamsAreRefusedAndTheOthersGoOn() throws Exception {
    Client client =
        new Client()
            .open(1, Map.of("n", "1"))
            .open(3, Map.of("n", "3"))
            .numbers(RST_STREAM, 1, 5)
            .open(5, Map.of("n", "5"));
    session(client.bytes.toByteArray(), new SpdyLimits(1, 100)).run();
    assertThat(answers()).containsExactly(new SpdyFrame.RstStream(3, /* REFUSED_STREAM */ 3));
    assertThat(streams).extracting(stream -> stream.headers().get("n")).containsExactly("1", "5");
  }

  @Test
  void aPeerThatMindsWindowsIsNotSentMoreThanItAllows() throws Exception {
    Client client =
        new Client()
            .numbers(SETTINGS, 1, 7, 10)
            .open(1, Map.of("n", "1"))
            .numbers(WINDOW_UPDATE, 1, 5)
            .open(3, Map.of("n", "3"));
    Map<String, Integer> allowed = new TreeMap<>();
    SpdySession[] session = new SpdySession[1];
    session[0] =
        new SpdySession(
            new ByteArrayInputStream(client.bytes.toByteArray()),
            output,
            SpdyLimits.DEFAULT,
            stream -> {
              streams.add(stream);
              // The first stream's window has grown when the second one comes.
              for (SpdyStream one : streams) {
                allowed.merge(one.headers().get("n"), reserve(session[0], one), Integer::sum);
              }
            });
    session[0].run();
    assertThat(allowed).isEqualTo(Map.of("1", 15, "3", 10));
  }

  /// All that the stream may send, which here is something.
  private static int reserve(SpdySession session, SpdyStream stream) {
    try {
      return session.reserve(stream, 1000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Arguments> malformed() {
    Client twice = new Client().open(3, Map.of("a", "b")).open(3, Map.of("a", "b"));
    Client even = new Client().open(2, Map.of("a", "b"));
    Client back = new Client().open(5, Map.of("a", "b")).open(3, Map.of("a", "b"));
    return Stream.of(
        row("a version that is not 3", Client.frame(0x8002_0006, 0, new byte[4])),
        row("a control frame that is too long", Client.frame(0x8003_0001, 0, new byte[17 << 10])),
        row("data of stream 0", Client.frame(0, 0, new byte[4])),
        row("a new stream without fields", new Client().control(SYN_STREAM, 0, new byte[3])),
        row("a new stream with number 0", new Client().control(SYN_STREAM, 0, new byte[10])),
        row("a number twice", twice),
        row("an even number", even),
        row("a number that goes back", back),
        row(
            "a block that is not zlib",
            block("hello, hello, hello".getBytes(StandardCharsets.UTF_8))),
        row("a block of another dictionary", block(deflate(new byte[] {0, 0, 0, 0}, "other"))),
        row("more headers than there are", block(deflate(new byte[] {0, 0, 0, 9}, ""))),
        row(
            "a header longer than its block",
            block(deflate(new byte[] {0, 0, 0, 1, 127, 0, 0, 0}, ""))),
        row(
            "a header of negative length",
            block(deflate(new byte[] {0, 0, 0, 1, -1, 0, 0, 0}, ""))),
        row("something behind the headers", block(deflate(new byte[] {0, 0, 0, 0, 1}, ""))),
        row("a block that grows without end", block(deflate(new byte[1 << 20], ""))),
        row("a reset of a wrong length", new Client().control(RST_STREAM, 0, new byte[7])),
        row("a ping of a wrong length", new Client().control(PING, 0, new byte[5])),
        row("settings that promise more", new Client().numbers(SETTINGS, 2, 7, 10)),
        row("settings with a huge count", new Client().numbers(SETTINGS, Integer.MAX_VALUE)),
        row("a window that grows by 0", new Client().numbers(WINDOW_UPDATE, 0, 0)),
        row(
            "a window of more than 2 GiB",
            new Client().numbers(WINDOW_UPDATE, 0, Integer.MAX_VALUE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void malformed(String name, byte[] input) throws Exception {
    session(input, SpdyLimits.DEFAULT).run();
    assertThat(answers())
        .last()
        .isInstanceOfSatisfying(
            SpdyFrame.GoAway.class, away -> assertThat(away.status()).isEqualTo(1));
  }

  @ParameterizedTest
  @MethodSource
  void cut(byte[] input) {
    assertThatThrownBy(() -> session(input, SpdyLimits.DEFAULT).run())
        .isInstanceOf(EOFException.class);
    assertThat(streams).allMatch(SpdyStream::isAborted);
  }

  /// A conversation that ends at each of its bytes, but those between two frames.
  static Stream<byte[]> cut() {
    Client opened = new Client().open(1, Map.of("streamtype", "data"));
    int first = opened.bytes.size();
    byte[] all = opened.data(1, false, "text").bytes.toByteArray();
    return Stream.iterate(1, length -> length < all.length, length -> length + 1)
        .filter(length -> length != first)
        .map(length -> Arrays.copyOf(all, length));
  }

  private static Arguments row(String name, Client client) {
    return row(name, client.bytes.toByteArray());
  }

  private static Arguments row(String name, byte[] input) {
    return Arguments.of(name, input);
  }

  private static Client block(byte[] compressed) {
    return new Client()
        .control(
            SYN_STREAM,
            0,
            ByteBuffer.allocate(10 + compressed.length)
                .putInt(1)
                .position(10)
                .put(compressed)
                .array());
  }

  /// @param dictionary empty for that of SPDY
  private static byte[] deflate(byte[] plain, String dictionary) {
    Deflater deflater = new Deflater();
    deflater.setDictionary(
        dictionary.isEmpty()
            ? SpdyDictionary.get()
            : dictionary.getBytes(StandardCharsets.US_ASCII));
    deflater.setInput(plain);
    byte[] buffer = new byte[8 << 10];
    int count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(buffer, count);
  }
}
