package dev.ebb.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `deploy/monitoring` holds, and which metrics it and its page name.
final class MonitoringFiles {
  static final Path HOME = Platform.HOME.resolve("deploy/monitoring");

  private static final Path PAGE = Platform.HOME.resolve("docs/monitoring.md");
  private static final Pattern RULE =
      Pattern.compile("^ +expr: (>-\\n)?((?:.|\\n)*?)\\n +\\w+:", 8);
  private static final Pattern IN_TEXT =
      Pattern.compile("`((?:ebb|gateway|queue_worker|pod|process|jvm)_\\w+)[`{]");

  private MonitoringFiles() {}

  /// A copy of the files that may be changed, with empty files for the secrets that they name.
  static Path copyTo(Path directory) {
    try (Stream<Path> files = Files.list(HOME)) {
      Files.createDirectories(directory);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
      for (String secret : List.of("ebb-ca.crt", "ebb-token", "openfaas-password")) {
        Files.writeString(directory.resolve(secret), "");
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Changes a copy; a file that does not say what is to be changed is not what was tested.
  static void change(Path file, Map<String, String> changes) {
    String text = read(file);
    for (Map.Entry<String, String> change : changes.entrySet()) {
      if (!text.contains(change.getKey())) {
        throw new AssertionError("%s does not contain \"%s\"".formatted(file, change.getKey()));
      }
      text = text.replace(change.getKey(), change.getValue());
    }
    write(file, text);
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Expressions of a file of rules.
  static List<String> rules(String file) {
    List<String> expressions = new ArrayList<>();
    Matcher rules = RULE.matcher(read(HOME.resolve(file)));
    while (rules.find()) {
      expressions.add(rules.group(2).strip());
    }
    return expressions;
  }

  static JsonNode dashboard() {
    return new JsonMapper().readTree(read(HOME.resolve("grafana/ebb.json")));
  }

  /// Expressions of the dashboard as Grafana asks them, by panel and letter.
  static Map<String, String> queries() {
    Map<String, String> queries = new LinkedHashMap<>();
    for (JsonNode panel : dashboard().path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.put(
            panel.path("title").asString() + " " + target.path("refId").asString(),
            target
                .path("expr")
                .asString()
                .replace("$__rate_interval", "10s")
                .replace("$function", ".*"));
      }
    }
    return queries;
  }

  /// Metrics that the page names.
  static Set<String> namedByThePage() {
    Set<String> names = new TreeSet<>();
    Matcher found = IN_TEXT.matcher(read(PAGE));
    while (found.find()) {
      names.add(found.group(1));
    }
    return names;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
