package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.PendingEvent;
import dev.ebb.eventing.log.StreamSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` in the middle of everything, again and again on the same directory, with the log's own
/// threads and a real disk.
///
/// The kernel keeps what was written, so this shows that a crash of the process loses nothing; what
/// a loss of power does is the business of [CrashTest].
class KillTest {
  private static final int ROUNDS = Boolean.getBoolean("ebb.long") ? 100 : 4;

  @TempDir private Path parent;
  private final Map<Long, String> events = new HashMap<>();
  private final Set<Long> done = new HashSet<>();

  @Test
  void aKilledProcessLosesNothingThatItPromised() throws Exception {
    Path directory = parent.resolve("events");
    Random random = new Random(ROUNDS);
    for (int round = 0; round < ROUNDS; round++) {
      int before = events.size();
      workUntilKilled(directory, "round-" + round, 200 + random.nextInt(1500));
      assertThat(events).hasSizeGreaterThan(before);
      check(directory);
    }
  }

  private void workUntilKilled(Path directory, String run, int lines)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                KillWorkload.class.getName(),
                directory.toString(),
                run)
            .redirectError(Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), US_ASCII))) {
      for (int n = 0; n < lines; n++) {
        String line = output.readLine();
        assertThat(line).as("the child ended by itself").isNotNull();
        remember(line);
      }
      child.toHandle().destroyForcibly(); // that of Process closes the pipe as well
      // What it said between our decision and its end counts too; the last line may be cut.
      List<String> rest = output.lines().toList();
      rest.subList(0, Math.max(0, rest.size() - 1)).forEach(this::remember);
    }
    assertThat(child.waitFor()).isEqualTo(128 + 9);
  }

  private void remember(String line) {
    String[] words = line.split(" ");
    long sequence = Long.parseLong(words[1]);
    if (words[0].equals("event")) {
      assertThat(events.put(sequence, words[2])).as("a number given twice").isNull();
    } else {
      done.add(sequence);
    }
  }

  private void check(Path directory) {
    try (EmbeddedEventLog log = EmbeddedEventLog.open(directory, KillWorkload.settings())) {
      EventStream stream = log.open("s", StreamSettings.queue());
      EventCursor cursor = stream.cursor("c", CursorSettings.fromBeginning());
      Set<Long> pending = new HashSet<>();
      cursor.pending(1, Integer.MAX_VALUE).stream()
          .map(PendingEvent::sequence)
          .forEach(pending::add);
      assertThat(pending).as("acknowledged events").filteredOn(done::contains).isEmpty();
      events.forEach((sequence, content) -> {
        if (pending.contains(sequence)) {
          byte[] payload = stream.read(sequence).orElseThrow().payload().bytes();
          assertThat(new String(payload, US_ASCII)).isEqualTo(content);
        } else {
          // Perhaps it was acknowledged, and killed before it could say so.
          assertThat(sequence).isLessThan(cursor.stream().status().last() + 1);
        }
      });
      long unexplained =
          events.keySet().stream()
              .filter(sequence -> !pending.contains(sequence) && !done.contains(sequence))
              .count();
      assertThat(unexplained)
          .as(
              "neither pending nor said to be acknowledged: a line that was cut off, and what came"
                  + " after it and was not said any more")
          .isLessThanOrEqualTo(2L * ROUNDS);
      assertThat(log.damages()).filteredOn(it -> !it.lost().isEmpty()).isEmpty();
    }
  }
}
