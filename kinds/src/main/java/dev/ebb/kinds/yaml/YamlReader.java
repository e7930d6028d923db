package dev.ebb.kinds.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/// Reads YAML or JSON into JSON trees, scalars as kubectl reads them. Pure.
public final class YamlReader {
  /// In characters. The largest object that the API takes is far smaller.
  public static final int MAX_CHARS = 8 * 1024 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private YamlReader() {}

  /// All documents of a text; empty ones (`null`) too.
  ///
  /// @throws ManifestException with line and column
  public static List<JsonNode> readAll(String text) {
    return documents(text).stream().map(YamlTree.Document::root).toList();
  }

  /// The same, but every plain scalar is a string as it was written, but for null: where the reader
  /// wants text, `1.10` is not `1.1` and `yes` not `true`.
  ///
  /// @throws ManifestException with line and column
  public static List<JsonNode> readAllAsText(String text) {
    checkLength(text);
    return yaml(text, /* asText= */ true).stream().map(YamlTree.Document::root).toList();
  }

  private static void checkLength(String text) {
    if (text.length() > MAX_CHARS) {
      throw new ManifestException("larger than %d characters".formatted(MAX_CHARS), 0, 0);
    }
  }

  static List<YamlTree.Document> documents(String text) {
    checkLength(text);
    return text.stripLeading().startsWith("{") ? jsonOrFlow(text) : yaml(text, /* asText= */ false);
  }

  /// A text that starts as JSON may be YAML's flow style as well. JSON goes first: it may be
  /// indented with tabs, and several objects may follow each other.
  private static List<YamlTree.Document> jsonOrFlow(String text) {
    try {
      return json(text);
    } catch (ManifestException notJson) {
      try {
        return yaml(text, /* asText= */ false);
      } catch (ManifestException notYaml) {
        notJson.addSuppressed(notYaml);
        throw notJson;
      }
    }
  }

  private static List<YamlTree.Document> yaml(String text, boolean asText) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_CHARS).build();
    try {
      return new YamlTree(new Parse(settings).parseString(text).iterator(), asText).documents();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      throw initCause(
          new ManifestException(
              e.getProblem(),
              mark.map(m -> m.getLine() + 1).orElse(0),
              mark.map(m -> m.getColumn() + 1).orElse(0)),
          e);
    } catch (YamlEngineException e) {
      throw initCause(new ManifestException(String.valueOf(e.getMessage()), 0, 0), e);
    }
  }

  private static List<YamlTree.Document> json(String text) {
    List<YamlTree.Document> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> values = JSON.readerFor(JsonNode.class).readValues(text)) {
      while (values.hasNextValue()) {
        JsonNode root = values.nextValue();
        documents.add(new YamlTree.Document(root, 0, 0));
      }
      return documents;
    } catch (JacksonException e) {
      TokenStreamLocation place = e.getLocation();
      throw initCause(
          new ManifestException(
              e.getOriginalMessage(),
              place == null ? 0 : place.getLineNr(),
              place == null ? 0 : place.getColumnNr()),
          e);
    }
  }

  private static ManifestException initCause(ManifestException exception, Throwable cause) {
    exception.initCause(cause);
    return exception;
  }
}
