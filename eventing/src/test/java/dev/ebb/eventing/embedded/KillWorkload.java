package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.StreamSettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/// Appends and acknowledges until it is killed, and says what it was promised: `event NUMBER
/// CONTENT`, `done NUMBER`.
final class KillWorkload {
  private static final int PRODUCERS = 8;

  private KillWorkload() {}

  static EmbeddedLogSettings settings() {
    return EmbeddedLogSettings.defaults().withSegmentBytes(1 << 16).withInlineBytes(1000);
  }

  /// @param arguments directory, name of the run
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream said = new PrintStream(new FileOutputStream(FileDescriptor.out), true, US_ASCII);
    EmbeddedEventLog log = EmbeddedEventLog.open(Path.of(arguments[0]), settings());
    EventStream stream = log.open("s", StreamSettings.queue());
    EventCursor cursor = stream.cursor("c", CursorSettings.fromBeginning());
    for (int producer = 0; producer < PRODUCERS; producer++) {
      String name = arguments[1] + "/" + producer;
      Thread.ofPlatform().daemon().start(() -> produce(stream, name, said));
    }
    Random random = new Random(1);
    while (true) {
      for (Delivery delivery : cursor.lease(10, Duration.ofMinutes(1), Duration.ofSeconds(1))) {
        if (random.nextInt(3) > 0) {
          delivery.acknowledge().join();
          said.println("done " + delivery.event().sequence());
        }
      }
    }
  }

  private static void produce(EventStream stream, String name, PrintStream said) {
    for (int n = 0; ; n++) {
      String content = name + "/" + n + "x".repeat(n % 7 == 0 ? 2000 : n % 100);
      long sequence;
      if (n % 14 == 0) {
        try (var upload = stream.upload()) {
          upload.write(ByteBuffer.wrap(content.getBytes(US_ASCII)));
          sequence = upload.commit(new byte[0]).join();
        }
      } else {
        sequence = stream.append(new NewEvent(new byte[0], content.getBytes(US_ASCII))).join();
      }
      said.println("event " + sequence + " " + content);
    }
  }
}
