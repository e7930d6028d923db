package dev.ebb.eventing.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.StreamSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// That the files of a real disk are synced as the simulated ones are: by the virtual machine's own
/// record of each `fsync` and `fdatasync` (`jdk.FileForce`).
class SyncedFilesTest {
  @TempDir Path directory;

  /// What was synced, in order, by name; `/` is the log's directory, `..` the one above.
  private List<String> synced(Recording recording) throws IOException {
    Path file = directory.resolve("recording.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("jdk.FileForce"))
        .sorted(Comparator.comparing(RecordedEvent::getStartTime))
        .map(event -> Path.of(event.getString("path")).normalize())
        .filter(path -> path.equals(directory) || path.startsWith(directory.resolve("log")))
        .map(path -> {
          if (path.equals(directory)) {
            return "..";
          }
          String name = path.getFileName().toString();
          return name.equals("log") ? "/" : name.replaceFirst("^[^.]*\\.", ".");
        })
        .toList();
  }

  @Test
  void eventsAreDurableWithAllThatLeadsToThem() throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileForce").withoutThreshold().withoutStackTrace();
      recording.start();
      // Without threads, so that nothing is cleaned in between.
      try (EmbeddedEventLog log =
          new EmbeddedEventLog(
              new DiskFiles(directory.resolve("log")),
              EmbeddedLogSettings.defaults(),
              new Random(1),
              /* threaded= */ false)) {
        EventStream stream = log.open("queue", StreamSettings.queue());
        // The directory's own name, the first segment with its name, the stream.
        List<String> opened = synced(recording);
        assertThat(opened).containsSubsequence("..", ".segment.new", "/", ".segment.new");

        var small = stream.append(new NewEvent(new byte[0], new byte[1000]));
        assertThat(small).isNotDone();
        log.work();
        assertThat(small).isCompleted();
        List<String> appended = synced(recording);
        assertThat(appended.subList(opened.size(), appended.size()))
            .containsExactly(".segment.new");

        // A payload of its own, and its name, before the event that names it.
        var beside = stream.append(new NewEvent(new byte[0], new byte[100_000]));
        log.work();
        assertThat(beside).isCompleted();
        List<String> large = synced(recording);
        assertThat(large.subList(appended.size(), large.size()))
            .containsExactly(".payload", "/", ".segment.new");
      }
    }
  }
}
