package dev.ebb.cli;

import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a server says of a pull, with its rate since the first bytes were told of: what an earlier
/// pull had brought already does not count. Written by one thread, read by another.
final class PullRate {
  private final LongSupplier nanos;
  private JsonNode last = OutputOption.object();
  private long firstNanos;
  private long firstBytes = -1;
  private long rate;

  /// @param nanos a clock
  PullRate(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// @param line as the server sends it
  synchronized void accept(JsonNode line) {
    last = line;
    if (!line.path("state").asString("").equals("pulling")) {
      return;
    }
    long bytes = line.path("bytes").asLong(0);
    if (firstBytes < 0) {
      firstBytes = bytes;
      firstNanos = nanos.getAsLong();
    } else {
      double seconds = (nanos.getAsLong() - firstNanos) / 1e9;
      rate = seconds > 0 ? Math.max(0, Math.round((bytes - firstBytes) / seconds)) : 0;
    }
  }

  synchronized JsonNode last() {
    return last;
  }

  /// The last line, with the rate.
  synchronized JsonNode json() {
    ObjectNode json = ((ObjectNode) last).deepCopy();
    if (json.has("state")) {
      json.put("bytesPerSecond", rate);
    }
    return json;
  }

  /// For people: `pulling nginx: 12 MB of 67 MB, 34 MB/s`.
  synchronized String text(String image) {
    return switch (last.path("state").asString("")) {
      case "pulling" ->
          "pulling %s: %s of %s%s"
              .formatted(
                  image,
                  ImageCommand.size(last.path("bytes").asLong(0)),
                  ImageCommand.size(last.path("total").asLong(0)),
                  rate > 0 ? ", " + ImageCommand.size(rate) + "/s" : "");
      case "unpacking" -> "unpacking " + image;
      default -> "pulling " + image;
    };
  }
}
