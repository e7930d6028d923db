package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// `GET /system/logs`: what a function's instances wrote, past ones too, a JSON object for each
/// line.
final class FunctionLogs {
  /// As the node writes it: the instance in brackets, the time, the line.
  private static final Pattern LINE = Pattern.compile("\\[([^\\]]*)\\] (\\S+) (.*)");

  private static final int ALL = -1;

  private final Instances instances;

  FunctionLogs(Instances instances) {
    this.instances = instances;
  }

  /// What of a function's logs is asked for.
  ///
  /// @param tail [#ALL] for everything that is kept
  record Query(Optional<String> instance, int tail, boolean follow, Optional<Instant> since) {
    /// @throws Refusal 422
    static Query of(Parameters parameters) {
      return new Query(
          Optional.of(parameters.last("instance")).filter(name -> !name.isEmpty()),
          tail(parameters.last("tail")),
          parameters.isTrue("follow"),
          since(parameters.last("since")));
    }

    private static int tail(String text) {
      // faas-cli leaves it out where it wants all, and older ones say -1.
      if (text.isEmpty() || text.equals("0") || text.equals("-1")) {
        return ALL;
      }
      if (!text.matches("[0-9]{1,9}")) {
        throw malformed();
      }
      return Integer.parseInt(text);
    }

    private static Optional<Instant> since(String text) {
      if (text.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from));
      } catch (DateTimeException e) {
        throw malformed();
      }
    }

    private static Refusal malformed() {
      return new Refusal(422, "could not parse the log request");
    }
  }

  /// Returns at the end of the logs, or when the client has left one that it follows.
  void write(
      ObjectKey function,
      List<KubernetesObject> revisions,
      Query query,
      LocalHandler.Response response)
      throws IOException {
    LogQuery wanted =
        new LogQuery(
            revisions.stream()
                .map(revision -> new RevisionId(revision.namespace(), revision.name()))
                .toList(),
            query.instance().map(InstanceId::new),
            query.tail(),
            query.follow(),
            query.since(),
            /* timestamps= */ true,
            /* prefix= */ true);
    response.header("Content-Type", "application/x-ndjson");
    try (InputStream log = instances.logs(wanted);
        BufferedReader lines = new BufferedReader(new InputStreamReader(log, UTF_8))) {
      response.whenClientLeaves(() -> close(log));
      OutputStream out = response.body();
      out.flush();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.write(message(function, line));
        out.write('\n');
        // Whoever follows sees each line at once; the rest comes in whole pieces.
        if (query.follow() && !lines.ready()) {
          out.flush();
        }
      }
    }
  }

  private static byte[] message(ObjectKey function, String line) {
    ObjectNode json = Json.object();
    json.put("name", function.name()).put("namespace", function.namespace());
    Matcher parts = LINE.matcher(line);
    if (parts.matches()) {
      json.put("instance", parts.group(1));
      json.put("timestamp", parts.group(2));
      json.put("text", parts.group(3));
    } else {
      json.put("instance", "").put("timestamp", Instant.EPOCH.toString()).put("text", line);
    }
    return Json.bytes(json);
  }

  private static void close(InputStream log) {
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
