package dev.ebb.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// How `kn` waits: a watch from the version that it has just read, in which it believes only a
/// MODIFIED whose generation is observed. It is stricter than kn in one thing: kn forgives a Ready
/// that is False for less than two seconds, and a server that knows what it does never says so.
final class KnWait {
  /// kn's default of 600 s and its 30 s: the server must not end the watch before.
  private static final int WATCH_SECONDS = 630;

  private final KnApi api;
  private final String services;

  /// @param services the path of all Services of a namespace
  KnWait(KnApi api, String services) {
    this.api = api;
    this.services = services;
  }

  /// What kn prints in the end.
  sealed interface Outcome {
    /// @param messages of conditions that were seen on the way, each once
    record Ready(JsonNode service, List<String> messages) implements Outcome {}

    record Failed(String error) implements Outcome {}
  }

  Outcome untilReady(String name) {
    JsonNode service = api.get(services + "/" + name).expect(200);
    if (observed(service) && ready(service).path("status").asString("").equals("True")) {
      return new Outcome.Ready(service, List.of());
    }
    if (observed(service) && ready(service).path("status").asString("").equals("False")) {
      // It failed before the first look: nothing will change, so no watch would tell.
      JsonNode ready = ready(service);
      return new Outcome.Failed(
          ready.path("reason").asString("") + ": " + ready.path("message").asString(""));
    }
    List<String> messages = new ArrayList<>();
    try (BufferedReader events = watch(name, service)) {
      for (JsonNode event = next(events); ; event = next(events)) {
        JsonNode object = event.path("object");
        if (!event.path("type").asString().equals("MODIFIED") || !observed(object)) {
          continue;
        }
        JsonNode ready = ready(object);
        String message = ready.path("message").asString("");
        if (!message.isEmpty() && !messages.contains(message)) {
          messages.add(message);
        }
        switch (ready.path("status").asString("")) {
          case "True" -> {
            return new Outcome.Ready(object, messages);
          }
          case "False" -> {
            return new Outcome.Failed(ready.path("reason").asString("") + ": " + message);
          }
          default -> {}
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `--wait` of a deletion: a watch that was open before.
  BufferedReader watch(String name, JsonNode from) {
    String path =
        services
            + "?fieldSelector=metadata.name%3D"
            + name
            + "&resourceVersion="
            + from.path("metadata").path("resourceVersion").asString()
            + "&timeoutSeconds="
            + WATCH_SECONDS
            + "&watch=true";
    return new BufferedReader(new InputStreamReader(api.watch(path), StandardCharsets.UTF_8));
  }

  void untilDeleted(BufferedReader events) {
    while (!next(events).path("type").asString().equals("DELETED")) {
      // What changes before is of no interest.
    }
  }

  private static JsonNode next(BufferedReader events) {
    try {
      String line = events.readLine();
      if (line == null) {
        throw new AssertionError("the watch ended");
      }
      return KnApi.JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean observed(JsonNode object) {
    return object
        .path("status")
        .path("observedGeneration")
        .equals(object.path("metadata").path("generation"));
  }

  static JsonNode ready(JsonNode object) {
    for (JsonNode condition : object.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        return condition;
      }
    }
    return KnApi.JSON.createObjectNode();
  }
}
